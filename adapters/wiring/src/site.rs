//! What the configuration files of a site say.

mod broker;
mod store;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Result, bail};
use config::Ini;

pub(crate) use self::broker::{Broker, broker};
pub(crate) use self::store::{server, store};

/// The configuration of one participant, or of the site as a whole.
///
/// What is wrong with a value is noted, so that all mistakes are told together: see [`Site::finish`].
#[derive(Debug)]
pub(crate) struct Site {
    ini: Ini,
    /// Where `[participant]` is: the file of the site may describe another one.
    participant: Ini,
    file: PathBuf,
    mistakes: Vec<String>,
}

impl Site {
    /// Reads the file of the site, and `NAME.conf` beside it when there is one for this participant.
    pub(crate) fn read(file: &Path, participant: Option<&str>) -> Result<Site> {
        let mut ini = Ini::read(file)?;
        warn_of_secrets(file);
        let of_site = ini.clone();
        let mut own = Ini::default();
        let own_file = participant.map(|name| file.with_file_name(format!("{name}.conf")));
        if let Some(own_file) = own_file.filter(|own| own != file && own.symlink_metadata().is_ok()) {
            own = Ini::read(&own_file)?;
            warn_of_secrets(&own_file);
        }
        ini.merge(own.clone());
        let described = of_site.get("participant", "name").ok().flatten().and_then(|value| value.text);
        let of_another = described.is_some_and(|name| participant.is_some_and(|wanted| wanted != name));
        let participant = if of_another { own } else { ini.clone() };
        Ok(Site { ini, participant, file: file.to_owned(), mistakes: Vec::new() })
    }

    fn ini(&self, section: &str) -> &Ini {
        if section == "participant" { &self.participant } else { &self.ini }
    }

    /// Returns a text; an empty one counts as none.
    pub(crate) fn text(&mut self, section: &str, key: &str) -> Option<String> {
        match self.ini(section).get(section, key) {
            Ok(value) => value.and_then(|value| value.text).filter(|text| !text.is_empty()),
            Err(mistake) => {
                self.mistakes.push(mistake.to_string());
                None
            }
        }
    }

    /// Returns a text without which nothing works.
    pub(crate) fn required(&mut self, section: &str, key: &str, what: &str) -> String {
        let text = self.text(section, key);
        if text.is_none() && self.ini(section).get(section, key).is_ok() {
            let file = self.file.display();
            self.mistakes.push(format!("{file}: [{section}] {key} is missing: {what}"));
        }
        text.unwrap_or_default()
    }

    /// Returns a value of a certain form, such as a number.
    pub(crate) fn parsed<T: FromStr>(&mut self, section: &str, key: &str, form: &str) -> Option<T> {
        let text = self.text(section, key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.mistake(section, key, format_args!("should be {form}, not `{text}`"));
        }
        parsed
    }

    /// Returns whether something is wanted, in the words ConfigParser knows.
    pub(crate) fn yes(&mut self, section: &str, key: &str) -> bool {
        let Some(text) = self.text(section, key) else { return false };
        match text.to_lowercase().as_str() {
            "1" | "yes" | "true" | "on" => true,
            "0" | "no" | "false" | "off" => false,
            _ => {
                self.mistake(section, key, format_args!("should be yes or no, not `{text}`"));
                false
            }
        }
    }

    /// Notes what is wrong with a value, and where it stands.
    pub(crate) fn mistake(&mut self, section: &str, key: &str, wrong: impl Display) {
        let at = self.ini(section).get(section, key).ok().flatten().map(|value| value.at.to_string());
        let at = at.unwrap_or_else(|| self.file.display().to_string());
        self.mistakes.push(format!("{at}: [{section}] {key} {wrong}"));
    }

    /// Goes on only when nothing was wrong; else all of it is told, a line each.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        bail!("{}", self.mistakes.join("\n"))
    }
}

fn warn_of_secrets(file: &Path) {
    if let Some(warning) = config::secrets_exposed(file) {
        tracing::warn!("{warning}");
    }
}
