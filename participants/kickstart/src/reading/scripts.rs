//! Script sections: `%pre`, `%post`, `%pack` and their like.

use crate::document::Kickstart;

/// When a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptKind {
    /// `%pre`: before anything is installed.
    Pre,
    /// `%pre-install`: after the disks are made, before packages.
    PreInstall,
    /// `%post`: after the packages are installed.
    Post,
    /// `%pack`: after the image is packed, on the host (mic).
    Pack,
    /// `%onerror`: when the installation failed.
    OnError,
    /// `%traceback`: when the installer crashed.
    Traceback,
}

impl ScriptKind {
    /// Returns the kind that a section's name stands for.
    pub fn of_section(name: &str) -> Option<ScriptKind> {
        Some(match name {
            "%pre" => ScriptKind::Pre,
            "%pre-install" => ScriptKind::PreInstall,
            "%post" => ScriptKind::Post,
            "%pack" => ScriptKind::Pack,
            "%onerror" => ScriptKind::OnError,
            "%traceback" => ScriptKind::Traceback,
            _ => return None,
        })
    }
}

/// One script section.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The opening line in the file; the text starts on the next.
    pub line: usize,
    /// When it runs.
    pub kind: ScriptKind,
    /// `--interpreter`, `/bin/sh` unless given.
    pub interpreter: Option<String>,
    /// `--nochroot`: outside the image.
    pub nochroot: bool,
    /// `--erroronfail`: its failure fails the build.
    pub erroronfail: bool,
    /// `--log` or `--logfile`.
    pub log: Option<String>,
    /// The bytes between the opening line and `%end`; a script need not be text.
    pub text: Vec<u8>,
}

impl Kickstart {
    /// Returns the scripts in the order of the file.
    pub fn scripts(&self) -> Vec<Script> {
        let sections = self.sections();
        let scripts = sections.filter_map(|section| {
            let of = section.arguments();
            Some(Script {
                line: section.line(),
                kind: ScriptKind::of_section(section.name())?,
                interpreter: of.owned("--interpreter"),
                nochroot: of.has("--nochroot"),
                erroronfail: of.has("--erroronfail"),
                log: of.owned("--log"),
                text: section.body.to_vec(),
            })
        });
        scripts.collect()
    }
}
