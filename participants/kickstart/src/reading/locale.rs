//! `lang`, `keyboard` and `timezone` lines.

use crate::document::Kickstart;

/// The `lang` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lang {
    /// The line in the file.
    pub line: usize,
    /// The language, such as `en_US.UTF-8`.
    pub lang: String,
    /// `--addsupport`: further languages.
    pub addsupport: Vec<String>,
}

/// The `keyboard` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keyboard {
    /// The line in the file.
    pub line: usize,
    /// `--vckeymap`, or the plain argument.
    pub keymap: Option<String>,
    /// `--xlayouts`.
    pub xlayouts: Vec<String>,
    /// `--switch`.
    pub switch: Vec<String>,
}

/// The `timezone` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timezone {
    /// The line in the file.
    pub line: usize,
    /// The zone, such as `Europe/Berlin`.
    pub timezone: String,
    /// `--utc` or `--isUtc`: the hardware clock keeps UTC.
    pub utc: bool,
    /// `--nontp`.
    pub nontp: bool,
    /// `--ntpservers`.
    pub ntpservers: Vec<String>,
}

impl Kickstart {
    /// Returns the `lang` line; the last one counts.
    pub fn lang(&self) -> Option<Lang> {
        let (line, of) = self.called(&["lang"]).last()?;
        Some(Lang { line, lang: of.plain(0)?.to_owned(), addsupport: of.list("--addsupport") })
    }

    /// Returns the `keyboard` line; the last one counts.
    pub fn keyboard(&self) -> Option<Keyboard> {
        let (line, of) = self.called(&["keyboard"]).last()?;
        Some(Keyboard {
            line,
            keymap: of.value("--vckeymap").or_else(|| of.plain(0)).map(str::to_owned),
            xlayouts: of.list("--xlayouts"),
            switch: of.list("--switch"),
        })
    }

    /// Returns the `timezone` line; the last one counts.
    pub fn timezone(&self) -> Option<Timezone> {
        let (line, of) = self.called(&["timezone"]).last()?;
        Some(Timezone {
            line,
            timezone: of.plain(0)?.to_owned(),
            utc: of.has("--utc"),
            nontp: of.has("--nontp"),
            ntpservers: of.list("--ntpservers"),
        })
    }
}
