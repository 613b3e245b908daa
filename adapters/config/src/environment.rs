//! Environment variables that override keys.

use std::ffi::OsString;
use std::path::Path;

use crate::env_file::Assignment;
use crate::keys::{self, Key};
use crate::mistake::{Mistake, shown};
use crate::setting::{Origin, Setting};
use crate::similar::nearest;

/// Ours, but no keys.
const NO_KEYS: &[&str] = &["IMG_STATE", "IMG_CONFIG", "IMG_LOG"];

/// The overrides of `.env` files and of the environment, in the order they count: the last one of a key wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides(Vec<(&'static Key, Setting)>);

/// What was found in an environment besides overrides.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    pub(crate) mistakes: Vec<Mistake>,
    pub(crate) warnings: Vec<String>,
}

impl Overrides {
    /// Takes what a `.env` file sets. Variables that are not ours are nobody's business here.
    pub(crate) fn add_file(&mut self, assignments: Vec<Assignment>, remarks: &mut Remarks) {
        for Assignment { name, value, at } in assignments {
            match key_of(&name) {
                Ok(Some(key)) => match value {
                    Ok(text) => {
                        self.0.push((key, Setting { text, origin: Origin::Variable(name, Some(at)) }));
                    }
                    Err(mistake) => remarks.mistakes.push(mistake),
                },
                Ok(None) => {}
                Err(unknown) => remarks.warnings.push(format!("{at}: {unknown}")),
            }
        }
    }

    /// Takes what the environment of the program sets.
    pub(crate) fn add_environment(&mut self, variables: &[(OsString, OsString)], remarks: &mut Remarks) {
        let mut named: Vec<_> =
            variables.iter().filter_map(|(name, value)| Some((name.to_str()?, value))).collect();
        named.sort_unstable();
        for (name, value) in named {
            match (key_of(name), value.to_str()) {
                (Ok(Some(key)), Some(text)) => {
                    let origin = Origin::Variable(name.to_owned(), None);
                    self.0.push((key, Setting { text: text.to_owned(), origin }));
                }
                (Ok(Some(_)), None) => {
                    let place = format!("${name}");
                    remarks
                        .mistakes
                        .push(Mistake::of_file(Path::new(&place), "the value is not UTF-8: set another"));
                }
                (Ok(None), _) => {}
                (Err(unknown), _) => remarks.warnings.push(unknown),
            }
        }
    }

    /// Returns the overrides of a key, the one that counts last.
    pub(crate) fn of(&self, key: &Key) -> impl DoubleEndedIterator<Item = &Setting> {
        let is_it = move |known: &Key| known.section == key.section && known.name == key.name;
        self.0.iter().filter(move |(known, _)| is_it(known)).map(|(_, setting)| setting)
    }

    /// Returns the keys that have one.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.0.iter().map(|(key, _)| *key)
    }
}

/// Finds the key a variable is for; says so when it looks like one and is none.
fn key_of(variable: &str) -> Result<Option<&'static Key>, String> {
    if !variable.starts_with("IMG_") || NO_KEYS.contains(&variable) {
        return Ok(None);
    }
    if let Some(key) = keys::all().find(|key| key.variable() == variable) {
        return Ok(Some(key));
    }
    // other programs, and the tests of this one, have variables like these
    match nearest(variable, keys::all().map(Key::variable)) {
        Some(meant) => Err(format!("${} is no key: did you mean ${meant}?", shown(variable))),
        None => Ok(None),
    }
}
