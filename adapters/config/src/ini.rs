//! The values of one or more files.

use std::fmt;
use std::path::Path;

use crate::mistake::{At, Mistake, Mistakes};
use crate::ordered::Ordered;
use crate::secrets::is_secret;
use crate::{entries, file, interpolation};

/// The section whose keys all sections inherit.
pub(crate) const DEFAULT: &str = "DEFAULT";

/// The values of one or more configuration files; later files win; remembers where each came from.
#[derive(Clone, Default)]
pub struct Ini {
    /// With [`DEFAULT`], once a file has it.
    pub(crate) sections: Ordered<Section>,
}

/// A value, and where its key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The text, its lines joined by `\n`; none for a key without a delimiter.
    pub text: Option<String>,
    /// The line of the key.
    pub at: At,
}

#[derive(Clone)]
pub(crate) struct Section {
    pub(crate) at: At,
    pub(crate) values: Ordered<Value>,
}

impl Section {
    pub(crate) fn new(at: At) -> Section {
        Section { at, values: Ordered::default() }
    }
}

/// Returns a key as it is looked up: in lower case.
pub(crate) fn folded(key: &str) -> String {
    key.to_lowercase()
}

impl Ini {
    /// Reads one file: an ordinary one of at most 1 MB, in UTF-8. All mistakes in it are returned at once.
    pub fn read(path: &Path) -> Result<Ini, Mistakes> {
        Ini::parse(path, &file::text(path)?)
    }

    /// Reads a text. Does no I/O; `file` is only for the messages.
    pub fn parse(file: &Path, text: &str) -> Result<Ini, Mistakes> {
        file::no_nul(file, text)?;
        let (ini, mistakes) = entries::read(file, text);
        if mistakes.is_empty() { Ok(ini) } else { Err(Mistakes::counted(file, mistakes)) }
    }

    /// Reads as much of a file as can be read, and tells the mistakes in it.
    pub(crate) fn read_leniently(path: &Path) -> (Ini, Vec<Mistake>) {
        match file::text(path).and_then(|text| file::no_nul(path, &text).map(|()| text)) {
            Ok(text) => {
                let (ini, mistakes) = entries::read(path, &text);
                (ini, if mistakes.is_empty() { mistakes } else { Mistakes::counted(path, mistakes).0 })
            }
            Err(mistake) => (Ini::default(), vec![mistake]),
        }
    }

    /// Tells whether there is not even a section.
    pub(crate) fn is_empty(&self) -> bool {
        self.sections.iter().next().is_none()
    }

    /// Returns the same without a section.
    pub(crate) fn without(self, section: &str) -> Ini {
        let mut sections = Ordered::default();
        for (name, kept) in self.sections.into_entries().filter(|(name, _)| name != section) {
            sections.insert(name, kept);
        }
        Ini { sections }
    }

    /// Adds the values of another file; where both have a key, that of `later` wins.
    pub fn merge(&mut self, later: Ini) {
        for (name, section) in later.sections.into_entries() {
            match self.sections.get_mut(&name) {
                Some(known) => {
                    for (key, value) in section.values.into_entries() {
                        known.values.insert(key, value);
                    }
                }
                None => {
                    self.sections.insert(name, section);
                }
            }
        }
    }

    /// Returns the names of the sections in the order they first appear, without `DEFAULT`.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|(name, _)| name).filter(|name| *name != DEFAULT)
    }

    /// Returns the section's own keys in the order they first appear, in lower case, without those of `DEFAULT`.
    pub fn keys<'a>(&'a self, section: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.sections.get(section).into_iter().flat_map(|section| section.values.iter().map(|(key, _)| key))
    }

    /// Returns where a section first appears.
    pub fn section_at(&self, section: &str) -> Option<&At> {
        self.sections.get(section).map(|section| &section.at)
    }

    /// Returns the value with every `%(name)s` filled in: from the section, else from `DEFAULT`.
    ///
    /// None when neither has the key. A key without a delimiter is there and has the text `None`.
    pub fn get(&self, section: &str, key: &str) -> Result<Option<Value>, Mistake> {
        interpolation::fill_in(self, section, &folded(key)).map_err(|fault| fault.mistake)
    }

    /// Returns the values of all keys that are named like secrets.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let all = self.sections.iter().flat_map(|(section, kept)| {
            kept.values.iter().filter(|(key, _)| is_secret(key)).map(move |(key, _)| (section, key))
        });
        let filled = all.filter_map(|(section, key)| self.get(section, key).ok()??.text);
        filled.filter(|secret| !secret.is_empty())
    }

    /// Returns the mistakes of values that contain themselves, whoever would read them.
    pub(crate) fn loops(&self) -> Vec<Mistake> {
        /// How many values are looked at; a file of a person has a few.
        const MOST: usize = 1000;
        let names_others = |value: &Value| value.text.as_ref().is_some_and(|text| text.contains("%("));
        let all = self.sections.iter().flat_map(|(section, kept)| {
            let own = kept.values.iter().filter(|(_, value)| names_others(value));
            own.map(move |(key, _)| (section, key))
        });
        let faults =
            all.take(MOST).filter_map(|(section, key)| interpolation::fill_in(self, section, key).err());
        faults.filter(|fault| fault.is_loop).map(|fault| fault.mistake).collect()
    }

    /// Returns the value as it is written, for those that have a use for `%` of their own.
    pub fn raw(&self, section: &str, key: &str) -> Option<&Value> {
        self.own_or_inherited(section, &folded(key))
    }

    /// Returns a value that stands in the section itself.
    pub(crate) fn own(&self, section: &str, folded: &str) -> Option<&Value> {
        self.sections.get(section)?.values.get(folded)
    }

    pub(crate) fn own_or_inherited(&self, section: &str, folded: &str) -> Option<&Value> {
        [section, DEFAULT].into_iter().find_map(|section| self.own(section, folded))
    }
}

/// Shows keys only: a value may be a password.
impl fmt::Debug for Ini {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = |name: &str| self.keys(name).collect::<Vec<_>>();
        f.debug_map().entries(self.sections.iter().map(|(name, _)| (name, keys(name)))).finish()
    }
}
