//! What the program asks a configuration.

use std::fmt::Display;
use std::path::PathBuf;

use super::Configuration;
use crate::file;
use crate::keys::{self, Default, Key, Kind, bytes, percent, yes_or_no};
use crate::mistake::{Mistake, Mistakes};
use crate::setting::{Origin, Setting};
use crate::sources::Sources;

/// Returns the row of a key that the program reads.
fn row(section: &str, name: &str) -> &'static Key {
    keys::find(section, name).unwrap_or_else(|| panic!("[{section}] {name} has no row in the table of keys"))
}

impl Configuration {
    /// Returns a text, else the default; an empty one counts as none. What is wrong with it was noted when it was read.
    pub fn text(&self, section: &str, name: &str) -> Option<String> {
        let key = row(section, name);
        let set =
            self.setting(key).ok().flatten().map(|setting| setting.text).filter(|text| !text.is_empty());
        set.or(match key.default {
            Default::Value(text) => Some(text.to_owned()),
            _ => None,
        })
    }

    /// Tells whether somebody set a key, be it to its default.
    pub fn is_set(&self, section: &str, name: &str) -> bool {
        matches!(self.setting(row(section, name)), Ok(Some(_)))
    }

    /// Returns a text without which nothing works; notes when it is missing.
    pub fn required(&mut self, section: &str, name: &str) -> String {
        let text = self.text(section, name);
        let key = row(section, name);
        if text.is_none() && !self.unread && self.setting(key).is_ok() {
            let message = format!(
                "[{section}] {name} is missing: {}; set it here, or in ${}",
                key.meaning,
                key.variable()
            );
            self.note(Mistake::of_file(&self.file, message));
        }
        text.unwrap_or_default()
    }

    /// Returns a whole number, else the default.
    pub fn number(&self, section: &str, name: &str) -> Option<u64> {
        self.text(section, name)?.parse().ok()
    }

    /// Returns a number of bytes, else the default; `none` and 0 are none.
    pub fn bytes(&self, section: &str, name: &str) -> Option<u64> {
        bytes(&self.text(section, name)?).filter(|bytes| *bytes > 0)
    }

    /// Returns a number of processors in hundredths, else the default; 0 is none.
    pub fn percent(&self, section: &str, name: &str) -> Option<u64> {
        percent(&self.text(section, name)?).filter(|percent| *percent > 0)
    }

    /// Returns whether something is wanted, in the words ConfigParser knows.
    pub fn yes(&self, section: &str, name: &str) -> bool {
        self.text(section, name).and_then(|text| yes_or_no(&text)).unwrap_or(false)
    }

    /// Returns the texts of a list, without the spaces around them; the files of the first version have commas between them.
    pub fn list(&self, section: &str, name: &str) -> Vec<String> {
        let key = row(section, name);
        let between = match key.kind {
            Kind::List(between) => between,
            Kind::Ipv4Networks | Kind::Networks => ',',
            _ => panic!("[{section}] {name} is no list in the table of keys"),
        };
        let between = match self.setting(key) {
            Ok(Some(Setting { origin: Origin::Line(at), .. })) if Sources::is_first(&at.file) => ',',
            _ => between,
        };
        let text = self.text(section, name).unwrap_or_default();
        text.split(between).map(str::trim).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
    }

    /// Returns the program that is named; notes when it is none that builds can run.
    pub fn program(&mut self, section: &str, name: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.text(section, name)?);
        if let Err(wrong) = file::program(&path) {
            self.mistake(section, name, format_args!("names a program that cannot run: {wrong}"));
        }
        Some(path)
    }

    /// Returns the file of certificates or keys that is named; notes when it cannot be read, or is none.
    pub fn pem(&mut self, section: &str, name: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.text(section, name)?);
        if let Err(wrong) = file::pem(&path) {
            self.mistake(section, name, format_args!("names a file that is of no use: {wrong}"));
        }
        Some(path)
    }

    /// Notes what is wrong with a value, and where it stands; `wrong` follows the name of the key.
    pub fn mistake(&mut self, section: &str, name: &str, wrong: impl Display) {
        let setting = self.setting(row(section, name)).ok().flatten();
        let origin = setting.map_or(Origin::Default, |setting| setting.origin);
        self.note(origin.mistake(&self.file, format!("[{section}] {name} {wrong}")));
    }

    /// Returns what was wrong so far.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Goes on only when nothing was wrong; else all of it is told.
    pub fn finish(&self) -> Result<(), Mistakes> {
        if self.mistakes.is_empty() { Ok(()) } else { Err(Mistakes(self.mistakes.clone())) }
    }
}
