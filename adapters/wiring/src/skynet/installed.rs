//! The participants that are installed: a file each, beside the configuration of the site.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use config::Ini;

use super::drop_ins::DropIns;

/// A participant as it is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Installed {
    pub(super) name: String,
    pub(super) queue: Option<String>,
    pub(super) regexp: Option<String>,
    /// Which participant of this program it is.
    pub(super) code: String,
    pub(super) concurrency: Option<u32>,
    pub(super) user: Option<String>,
}

/// Where they are kept.
#[derive(Debug)]
pub(super) struct Shelf {
    participants: PathBuf,
    drop_ins: DropIns,
}

impl Shelf {
    pub(super) fn new(dir: &Path, drop_ins: DropIns) -> Shelf {
        Shelf { participants: dir.join("participants"), drop_ins }
    }

    /// The file of a participant.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.participants.join(format!("{name}.conf"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.file(name).is_file()
    }

    /// Returns the names of all, sorted.
    pub(super) fn all(&self) -> Result<Vec<String>> {
        let entries = match std::fs::read_dir(&self.participants) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", self.participants.display()));
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            names.extend(
                name.strip_suffix(".conf")
                    .filter(|name| super::name_of(name).is_ok() && self.has(name))
                    .map(String::from),
            );
        }
        names.sort();
        Ok(names)
    }

    /// Reads one.
    pub(super) fn read(&self, name: &str) -> Result<Installed> {
        let ini = Ini::read(&self.file(name))?;
        let text = |section, key| -> Result<Option<String>> {
            Ok(ini.get(section, key)?.and_then(|value| value.text).filter(|text| !text.is_empty()))
        };
        Ok(Installed {
            name: name.to_owned(),
            queue: text("participant", "queue")?,
            regexp: text("participant", "regexp")?,
            code: text("participant", "code")?.unwrap_or_else(|| name.to_owned()),
            concurrency: text("participant", "concurrency")?.and_then(|number| number.parse().ok()),
            user: self.drop_ins.user(name),
        })
    }

    /// Writes one, and what systemd has to know; both appear as a whole.
    pub(super) fn write(&self, installed: &Installed) -> Result<()> {
        put(&self.file(&installed.name), &installed.text())?;
        self.complete(installed).map(drop)
    }

    /// Writes only what systemd has to know; returns whether something was missing.
    pub(super) fn complete(&self, installed: &Installed) -> Result<bool> {
        self.drop_ins.write(installed)
    }

    pub(super) fn remove(&self, name: &str) -> Result<()> {
        remove(&self.file(name))?;
        self.drop_ins.remove(name)
    }
}

impl Installed {
    fn text(&self) -> String {
        let mut text =
            "# Written by `skynet install`. What you set yourself belongs into NAME.conf, one folder up.\n[participant]\n".to_owned();
        let mut line = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {}", value.replace('%', "%%"));
            }
        };
        line("name", Some(&self.name));
        line("queue", self.queue.as_deref());
        line("regexp", self.regexp.as_deref());
        line("code", Some(&self.code));
        line("concurrency", self.concurrency.map(|number| number.to_string()).as_deref());
        text
    }
}

/// Writes a file that everybody may read; it appears as a whole.
pub(super) fn put(path: &Path, text: &str) -> Result<()> {
    let doing = || format!("cannot write {}", path.display());
    if path.is_dir() {
        bail!("{} is a folder: move it away, then try again", path.display());
    }
    let folder = path.parent().expect("it is in a folder");
    std::fs::create_dir_all(folder).with_context(doing)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(doing)?;
    file.write_all(text.as_bytes()).with_context(doing)?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).with_context(doing)?;
    file.as_file().sync_all().with_context(doing)?;
    file.persist(path).map(drop).with_context(doing)
}

/// Removes a file that may be missing.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path(), DropIns::new(&folder.path().join("units"), None));
        assert_eq!(shelf.all().unwrap(), [""; 0]);
        let full = Installed {
            name: "arm".into(),
            queue: Some("100%".into()),
            regexp: Some("build_.*|x".into()),
            code: "build_image".into(),
            concurrency: Some(2),
            user: Some("img".into()),
        };
        let small = Installed { name: "build_ks".into(), code: "build_ks".into(), ..Installed::default() };
        for installed in [&full, &small] {
            shelf.write(installed).unwrap();
            assert_eq!(shelf.read(&installed.name).unwrap(), *installed);
        }
        assert_eq!(shelf.all().unwrap(), ["arm", "build_ks"]);
        shelf.remove("arm").unwrap();
        assert_eq!(shelf.all().unwrap(), ["build_ks"]);
        let left: Vec<_> = std::fs::read_dir(folder.path().join("units")).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
