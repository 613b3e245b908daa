//! The configuration of a site: files of several ages, and what the environment overrides.

mod getters;
mod reading;
mod review;
mod show;

use std::path::PathBuf;

pub use self::show::Shown;
use crate::environment::Overrides;
use crate::ini::Ini;
use crate::keys::{Key, Kind};
use crate::mistake::Mistake;
use crate::setting::{Origin, Setting};

/// The configuration of one participant, or of the site as a whole.
///
/// Reading never fails; what is wrong is noted, so that all of it is told together: see [`Configuration::finish`].
#[derive(Clone, Debug)]
pub struct Configuration {
    file: PathBuf,
    participant: Option<String>,
    /// The files that were read, the weakest first, without what they say of other participants.
    layers: Vec<Layer>,
    /// All of them together.
    merged: Ini,
    overrides: Overrides,
    mistakes: Vec<Mistake>,
    warnings: Vec<String>,
    /// Whether a file is there that could not be read: nobody knows what is missing then.
    unread: bool,
}

#[derive(Clone, Debug)]
struct Layer {
    file: PathBuf,
    ini: Ini,
}

impl Configuration {
    /// Returns what is in force for a key, with every `%(name)s` filled in; none when nobody set it.
    pub fn setting(&self, key: &Key) -> Result<Option<Setting>, Mistake> {
        if let Some(counts) = self.overrides.of(key).next_back() {
            return Ok(Some(counts.clone()));
        }
        let (section, name) = self.place(key);
        let value = match key.kind {
            Kind::Pattern => self.merged.raw(section, name).cloned(),
            _ => self.merged.get(section, name)?,
        };
        Ok(value
            .map(|value| Setting { text: value.text.unwrap_or_default(), origin: Origin::Line(value.at) }))
    }

    /// Returns where the value of a key stands: in the last file that has it, by its name of today or an old one.
    fn place(&self, key: &Key) -> (&'static str, &'static str) {
        let in_file = |(section, name): &(&str, &str)| {
            self.layers.iter().rposition(|layer| layer.ini.own(section, name).is_some())
        };
        let mut best = None;
        for place in key.places() {
            // not inherited: [DEFAULT] is weaker than any file's own section, as ConfigParser has it
            let found = in_file(&place);
            if found.is_some() && best.is_none_or(|(layer, _)| found > layer) {
                best = Some((found, place));
            }
        }
        best.map_or((key.section, key.name), |(_, place)| place)
    }

    /// Returns where else a key is set, in vain; the strongest first.
    fn overridden(&self, key: &Key) -> Vec<Origin> {
        let in_files = self.layers.iter().flat_map(|layer| {
            key.places()
                .filter_map(|(section, name)| layer.ini.own(section, name))
                .map(|value| Origin::Line(value.at.clone()))
        });
        let by_variables = self.overrides.of(key).map(|setting| setting.origin.clone());
        let counts = self.setting(key).ok().flatten().map(|setting| setting.origin);
        let mut all: Vec<_> =
            in_files.chain(by_variables).filter(|origin| Some(origin) != counts.as_ref()).collect();
        all.reverse();
        all
    }

    /// Returns the files that were read, the weakest first.
    pub fn files(&self) -> impl Iterator<Item = &std::path::Path> {
        self.layers.iter().map(|layer| layer.file.as_path())
    }

    /// Returns what a person should know, although nothing stops for it; no value is in it.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
