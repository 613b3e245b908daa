//! `%(name)s` in values: the rules of Python's BasicInterpolation.

use crate::ini::{Ini, Value, folded};
use crate::mistake::{Mistake, shown};

/// How many values may be inside one another.
const DEEPEST: usize = 10;
/// How many bytes one value may read to fill itself in; the longest file has a quarter of that.
const MOST: usize = 4 << 20;

/// Returns the filled in value of a key.
pub(crate) fn fill_in(ini: &Ini, section: &str, key: &str) -> Result<Option<Value>, Mistake> {
    let Some(value) = ini.own_or_inherited(section, key) else { return Ok(None) };
    let text = match &value.text {
        Some(raw) => {
            let mut filling = Filling { ini, section, inside: Vec::new(), filled: String::new(), left: MOST };
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
    fn value(&mut self, key: &str, value: &Value, raw: &str) -> Result<(), Mistake> {
        let mistake = |message| Err(Mistake::in_line(&value.at, message));
        let name = shown(key);
        self.left = match self.left.checked_sub(raw.len() + 1) {
            Some(left) => left,
            None => return mistake(format!("`{name}` is filled in too often by `%(…)s`: name fewer keys")),
        };
        if !raw.contains('%') {
            self.filled.push_str(raw);
            return Ok(());
        }
        if self.inside.iter().any(|outer| outer == key) {
            let way = self.inside.join("` → `");
            return mistake(format!(
                "`{name}` contains itself, by `{way}`: take one `%(…)s` out of the loop"
            ));
        }
        if self.inside.len() == DEEPEST {
            return mistake(format!(
                "`{name}` is the value in a value more than {DEEPEST} deep: name fewer keys"
            ));
        }
        self.inside.push(key.to_owned());
        let mut rest = raw;
        while let Some((text, after)) = rest.split_once('%') {
            self.filled.push_str(text);
            rest = match (after.strip_prefix('%'), reference(after)) {
                (Some(after), _) => {
                    self.filled.push('%');
                    after
                }
                (None, Some((inner, after))) => {
                    self.reference(&name, value, &folded(inner))?;
                    after
                }
                (None, None) => {
                    return mistake(format!(
                        "in the value of `{name}` a `%` stands alone: write `%%` for a per cent sign, `%(key)s` for the value of a key"
                    ));
                }
            };
        }
        self.filled.push_str(rest);
        self.inside.pop();
        Ok(())
    }

    fn reference(&mut self, outer: &str, outer_value: &Value, key: &str) -> Result<(), Mistake> {
        let mistake = |message| Err(Mistake::in_line(&outer_value.at, message));
        let (ini, name, section) = (self.ini, shown(key), shown(self.section));
        match ini.own_or_inherited(self.section, key) {
            None => mistake(format!(
                "`{outer}` names `%({name})s`, which is neither in [{section}] nor in [DEFAULT]: add it there, or write `%%` for a per cent sign"
            )),
            Some(value) => match &value.text {
                Some(raw) => self.value(key, value, raw),
                None => mistake(format!(
                    "`{outer}` names `%({name})s`, which has no value: write `{name} =` in line {}",
                    value.at.line
                )),
            },
        }
    }
}

/// Splits `(name)s` from what follows.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('(')?.split_once(')')?;
    let after = after.strip_prefix('s')?;
    (!name.is_empty()).then_some((name, after))
}
