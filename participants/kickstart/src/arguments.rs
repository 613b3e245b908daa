//! The words after a command's name, told apart into options and plain arguments.

use std::ops::Range;

use crate::table::{Opt, Row, Value};
use crate::words::Word;

/// Options and plain arguments of one line, read as Python's argparse does it: `--name=value` or `--name value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments<'a> {
    /// The options the table knows, in the order of the line.
    pub options: Vec<Given>,
    /// The words that are neither options nor their values.
    pub plain: Vec<Word<'a>>,
    /// What did not fit the table.
    pub misfits: Vec<Misfit>,
}

/// One option as given on a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// What the table says of it.
    pub option: &'static Opt,
    /// The name as written, which may be shortened as long as it is clear.
    pub written: String,
    /// Where the name is.
    pub span: Range<usize>,
    /// The value, unless there is none.
    pub value: Option<String>,
    /// Where the value is; the place of the name when there is none.
    pub value_span: Range<usize>,
}

/// A word that does not fit the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// What is wrong with it.
    pub kind: MisfitKind,
    /// The name of the option as written.
    pub written: String,
    /// Where it is.
    pub span: Range<usize>,
}

/// What is wrong with an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MisfitKind {
    /// No such option.
    Unknown,
    /// A shortened name that fits several options.
    Ambiguous,
    /// No value where one is needed.
    NoValue,
    /// A value where none is allowed.
    Superfluous,
}

impl<'a> Arguments<'a> {
    /// Reads `words` as options and plain arguments of `row`.
    pub fn read(words: &[Word<'a>], row: &Row) -> Arguments<'a> {
        let mut read = Arguments { options: Vec::new(), plain: Vec::new(), misfits: Vec::new() };
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            if row.free || !looks_like_option(&word.text) {
                read.plain.push(word.clone());
                continue;
            }
            let (name, inline) = match word.text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word.text.as_ref(), None),
            };
            let span = name_span(word, name);
            let misfit = |kind| Misfit { kind, written: name.to_owned(), span: span.clone() };
            let option = match find(row, name) {
                Ok(option) => option,
                Err(kind) => {
                    read.misfits.push(misfit(kind));
                    continue;
                }
            };
            let mut given = Given {
                option,
                written: name.to_owned(),
                span: span.clone(),
                value: inline.map(str::to_owned),
                value_span: if inline.is_some() { value_span(word, name) } else { span.clone() },
            };
            match (option.value, inline) {
                (Value::Flag, Some(_)) => {
                    read.misfits.push(misfit(MisfitKind::Superfluous));
                    continue;
                }
                (Value::Flag, None) | (_, Some(_)) => {}
                (wanted, None) => match words.next_if(|next| !looks_like_option(&next.text)) {
                    Some(next) => {
                        given.value = Some(next.text.to_string());
                        given.value_span = next.span();
                    }
                    None if wanted == Value::Optional => {}
                    None => {
                        read.misfits.push(misfit(MisfitKind::NoValue));
                        continue;
                    }
                },
            }
            read.options.push(given);
        }
        read
    }

    /// Returns the last of the options that mean what one of `names` means, unless a later one takes its place.
    ///
    /// `--type` is another name of `part --fstype`, and `--permissive` takes the place of `--enforcing`.
    pub fn given(&self, names: &[&str]) -> Option<&Given> {
        let mut turned: Vec<&str> = Vec::new();
        self.options.iter().rev().find(|Given { option, .. }| {
            if names.contains(&option.name) || !option.same_as.is_empty() && names.contains(&option.same_as) {
                return !turned.contains(&option.turns);
            }
            if !option.turns.is_empty() && !turned.contains(&option.turns) {
                turned.push(option.turns);
            }
            false
        })
    }

    /// Returns the last of the options that `option` would take the place of.
    pub(crate) fn replaced_by(&self, option: &Opt) -> Option<&Given> {
        self.options.iter().rev().find(|given| option.replaces(given.option))
    }

    /// Returns whether the option `name` is given, and counts.
    pub fn has(&self, name: &str) -> bool {
        self.given(&[name]).is_some()
    }

    /// Returns the value of the option `name`; the last one counts.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.value_of(&[name])
    }

    /// Returns the value of the option that has several names.
    pub fn value_of(&self, names: &[&str]) -> Option<&str> {
        self.given(names).and_then(|given| given.value.as_deref())
    }

    /// Returns the plain argument at `index`.
    pub fn plain(&self, index: usize) -> Option<&str> {
        self.plain.get(index).map(|word| word.text.as_ref())
    }

    /// Returns the parts of the comma lists of every option `name`.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values =
            self.options.iter().filter(|given| [given.option.name, given.option.same_as].contains(&name));
        let parts = values.filter_map(|given| given.value.as_deref()).flat_map(|value| value.split(','));
        parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Returns whether the option `name` is given with a value that means no.
    pub fn says_no(&self, name: &str) -> bool {
        let value = self.value(name).unwrap_or_default();
        ["no", "off", "false", "0"].iter().any(|no| value.eq_ignore_ascii_case(no))
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.value(name).map(str::to_owned)
    }

    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.value(name).and_then(|value| value.trim().parse().ok())
    }
}

/// Returns whether argparse would take `word` for an option: no blank in it, and not a negative number.
fn looks_like_option(word: &str) -> bool {
    word.len() > 1
        && word.starts_with('-')
        && !word.split('=').next().is_some_and(|name| name.contains(' '))
        && {
            let digits = word[1..].strip_prefix('.').unwrap_or(&word[1..]);
            !digits.starts_with(|c: char| c.is_ascii_digit())
        }
}

/// Finds an option by its name or by a beginning of it that fits no other.
fn find(row: &Row, name: &str) -> Result<&'static Opt, MisfitKind> {
    if let Some(option) = row.options.iter().find(|option| option.name == name) {
        return Ok(option);
    }
    let mut fitting = row.options.iter().filter(|option| name.len() > 2 && option.name.starts_with(name));
    match (fitting.next(), fitting.next()) {
        (Some(option), None) => Ok(option),
        (Some(_), Some(_)) => Err(MisfitKind::Ambiguous),
        (None, _) => Err(MisfitKind::Unknown),
    }
}

fn name_span(word: &Word<'_>, name: &str) -> Range<usize> {
    if word.raw.starts_with(name) { word.start..word.start + name.len() } else { word.span() }
}

fn value_span(word: &Word<'_>, name: &str) -> Range<usize> {
    let value = word.start + name.len() + 1;
    if word.raw.starts_with(&format!("{name}=")) { value..word.span().end } else { word.span() }
}
