//! `desktop` and `xconfig` lines: what is shown after the start.

use crate::document::Kickstart;

/// The `desktop` line of mic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desktop {
    /// The line in the file.
    pub line: usize,
    /// `--defaultdesktop`.
    pub defaultdesktop: Option<String>,
    /// `--autologinuser`; nobody is logged in unless it is written.
    pub autologinuser: Option<String>,
    /// `--defaultdm`.
    pub defaultdm: Option<String>,
    /// `--session`.
    pub session: Option<String>,
}

/// The `xconfig` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct XConfig {
    /// The line in the file.
    pub line: usize,
    /// `--startxonboot`.
    pub startxonboot: bool,
    /// `--defaultdesktop`.
    pub defaultdesktop: Option<String>,
}

impl Kickstart {
    /// Returns the `desktop` line; the last one counts.
    pub fn desktop(&self) -> Option<Desktop> {
        let (line, of) = self.called(&["desktop"]).last()?;
        Some(Desktop {
            line,
            defaultdesktop: of.owned("--defaultdesktop"),
            autologinuser: of.owned("--autologinuser"),
            defaultdm: of.owned("--defaultdm"),
            session: of.owned("--session"),
        })
    }

    /// Returns the `xconfig` line; the last one counts.
    pub fn xconfig(&self) -> Option<XConfig> {
        let (line, of) = self.called(&["xconfig"]).last()?;
        let startxonboot = of.has("--startxonboot");
        Some(XConfig { line, startxonboot, defaultdesktop: of.owned("--defaultdesktop") })
    }
}
