//! Where the configuration of a site is, and in which order it is read.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::mistake::Mistake;

/// The folders of older versions, beside that of the site.
const FIRST: [&str; 2] = ["imger", "imager"];

/// Where to read the configuration of a site from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The file of the site.
    pub file: PathBuf,
    /// Whose configuration it is to be; `NAME.conf` and `NAME.env` are read, too.
    pub participant: Option<String>,
    /// The environment of the program.
    pub environment: Vec<(OsString, OsString)>,
    /// There need not be any file: the machine is complete without. What is there and this user may not read only warns.
    pub may_be_missing: bool,
}

impl Sources {
    /// The file that is read when nobody names one. It alone may be missing, when something else is there.
    pub const USUAL: &'static str = "/etc/skynet/skynet.conf";

    /// Takes the environment of this program.
    pub fn of_program(file: &Path, participant: Option<&str>) -> Sources {
        Sources {
            file: file.to_owned(),
            participant: participant.map(str::to_owned),
            environment: std::env::vars_os().collect(),
            may_be_missing: false,
        }
    }

    /// Takes the environment of this program, for a machine that need not be configured unless somebody names a file.
    pub fn of_machine(file: Option<&Path>) -> Sources {
        let usual = Path::new(Sources::USUAL);
        Sources { may_be_missing: file.is_none(), ..Sources::of_program(file.unwrap_or(usual), None) }
    }

    /// Returns the files older versions left: those of `imager` beside the folder `skynet`, `img.conf` first.
    pub(crate) fn old_files(&self, mistakes: &mut Vec<Mistake>) -> Vec<PathBuf> {
        // only beside a folder of that name, so that nobody finds himself reading /tmp/imager
        let folder =
            self.file.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "skynet"));
        let Some(beside) = folder.and_then(Path::parent) else { return Vec::new() };
        let mut found = Vec::new();
        for name in FIRST {
            let folder = beside.join(name);
            if folder.is_dir() {
                let mut files = conf_files(&folder, mistakes);
                files.sort_by_key(|file| file.file_name().is_none_or(|name| name != "img.conf"));
                found.extend(files);
            }
        }
        found
    }

    /// Tells whether a file is one of the first version, which had other signs between the words of a list.
    pub(crate) fn is_first(file: &Path) -> bool {
        let folder = file.parent().and_then(Path::file_name);
        folder.is_some_and(|name| FIRST.iter().any(|first| name == *first))
            && file.file_name().is_some_and(|name| name == "img.conf")
    }

    /// Returns the file of the participant alone.
    pub(crate) fn own_file(&self) -> Option<PathBuf> {
        let name = self.participant.as_ref()?;
        Some(self.beside(&format!("{name}.conf"))).filter(|own| *own != self.file && is_there(own))
    }

    /// Returns the file `skynet install` wrote for the participant.
    pub(crate) fn installed_file(&self) -> Option<PathBuf> {
        let name = self.participant.as_ref()?;
        Some(self.installed_file_of(name)).filter(|file| is_there(file))
    }

    /// Returns the file `skynet install` writes for a participant.
    pub(crate) fn installed_file_of(&self, name: &str) -> PathBuf {
        self.beside("participants").join(format!("{name}.conf"))
    }

    /// Returns the `.env` files, the one of the participant last.
    pub(crate) fn env_files(&self) -> Vec<PathBuf> {
        let of_site = self.file.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
        let names = of_site.into_iter().chain(self.participant.clone());
        names.map(|name| self.beside(&format!("{name}.env"))).filter(|file| is_there(file)).collect()
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.file.with_file_name(name)
    }
}

/// Tells whether somebody put something there, be it readable or not.
pub(crate) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Tells whether this user may not read what is there.
pub(crate) fn is_forbidden(path: &Path) -> bool {
    nix::unistd::access(path, nix::unistd::AccessFlags::R_OK) == Err(nix::errno::Errno::EACCES)
}

/// Returns the `*.conf` of a folder, sorted by name.
pub(crate) fn conf_files(folder: &Path, mistakes: &mut Vec<Mistake>) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<BTreeSet<_>, _>>()
    });
    match listed {
        Ok(paths) => {
            let named = |path: &PathBuf| {
                path.extension().is_some_and(|ending| ending == "conf")
                    && path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))
            };
            paths.into_iter().filter(named).collect()
        }
        Err(error) => {
            mistakes.push(Mistake::of_file(folder, format!("the folder cannot be read: {error}")));
            Vec::new()
        }
    }
}
