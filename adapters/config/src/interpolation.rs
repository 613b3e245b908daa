//! `%(name)s` in values: the rules of Python's BasicInterpolation.

use crate::ini::{Ini, Value, folded};
use crate::mistake::{Mistake, shown};

/// How many values may be inside one another.
const DEEPEST: usize = 10;
/// How many bytes one value may read to fill itself in; the longest file has a quarter of that.
const MOST: usize = 4 << 20;
/// What looking up a key costs of them.
const LOOK_UP: usize = 16;

/// Why a value cannot be filled in, and where that stands.
pub(crate) struct Fault {
    pub(crate) mistake: Mistake,
    /// It contains itself, which no other program reads either.
    pub(crate) is_loop: bool,
}

/// Returns the filled in value of a key.
pub(crate) fn fill_in(ini: &Ini, section: &str, key: &str) -> Result<Option<Value>, Fault> {
    let Some(value) = ini.own_or_inherited(section, key) else { return Ok(None) };
    let mut filling = Filling { ini, section, inside: Vec::new(), filled: String::new(), left: MOST };
    let text = match &value.text {
        Some(raw) => {
            filling.value(key, value, raw)?;
            Some(filling.filled)
        }
        None => None,
    };
    Ok(Some(Value { text, at: value.at.clone() }))
}

struct Filling<'a> {
    ini: &'a Ini,
    section: &'a str,
    /// The keys whose values are being filled in, each inside the one before.
    inside: Vec<String>,
    filled: String,
    /// What is left of [`MOST`].
    left: usize,
}

impl Filling<'_> {
    fn value(&mut self, key: &str, value: &Value, raw: &str) -> Result<(), Fault> {
        let refuse = |why: Why| Fault {
            mistake: Mistake::in_line(&value.at, format!("`{}` {why}", shown(key))),
            is_loop: matches!(why, Why::Loop { .. }),
        };
        self.left = self.left.checked_sub(raw.len() + LOOK_UP).ok_or_else(|| refuse(Why::TooOften))?;
        if !raw.contains('%') {
            self.filled.push_str(raw);
            return Ok(());
        }
        self.enter(key).map_err(refuse)?;
        let mut rest = raw;
        while let Some((text, after)) = rest.split_once('%') {
            self.filled.push_str(text);
            rest = if let Some(after) = after.strip_prefix('%') {
                self.filled.push('%');
                after
            } else {
                let (name, after) = reference(after).ok_or_else(|| refuse(Why::Alone))?;
                let name = folded(name);
                let (inner, raw) = self.named(&name).map_err(refuse)?;
                self.value(&name, inner, raw)?;
                after
            };
        }
        self.filled.push_str(rest);
        self.inside.pop();
        Ok(())
    }

    fn enter(&mut self, key: &str) -> Result<(), Why> {
        let mut round = self.inside.iter().skip_while(|outer| *outer != key).peekable();
        if round.peek().is_some() {
            let way = round.map(|outer| format!("`{}` → ", shown(outer))).collect();
            return Err(Why::Loop { way, back: shown(key) });
        }
        if self.inside.len() == DEEPEST {
            return Err(Why::TooDeep);
        }
        self.inside.push(key.to_owned());
        Ok(())
    }
}

impl<'a> Filling<'a> {
    /// Returns the value of a key that a value names, and its text.
    fn named(&self, name: &str) -> Result<(&'a Value, &'a str), Why> {
        match self.ini.own_or_inherited(self.section, name) {
            Some(value @ Value { text: Some(text), .. }) => Ok((value, text)),
            Some(Value { text: None, at }) => Err(Why::Valueless { name: shown(name), line: at.line }),
            None => Err(Why::Missing { name: shown(name), section: shown(self.section) }),
        }
    }
}

/// Splits `(name)s` from what follows.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('(')?.split_once(')')?;
    let after = after.strip_prefix('s')?;
    (!name.is_empty()).then_some((name, after))
}

/// Why a value cannot be filled in; said of its key.
#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("has a `%` that stands alone: write `%%` for a per cent sign, `%(key)s` for the value of a key")]
    Alone,
    #[error(
        "names `%({name})s`, which is neither in [{section}] nor in [DEFAULT]: \
         add it there, or write `%%` for a per cent sign"
    )]
    Missing { name: String, section: String },
    #[error("names `%({name})s`, which has no value: write `{name} =` in line {line}")]
    Valueless { name: String, line: u32 },
    #[error("contains itself, {way}`{back}`: take one `%(…)s` out of the loop")]
    Loop { way: String, back: String },
    #[error("is the value in a value more than {DEEPEST} deep: name fewer keys")]
    TooDeep,
    #[error("is filled in too often by `%(…)s`: name fewer keys")]
    TooOften,
}
