//! What systemd is told of a participant beyond the template: its user, and what building takes.

use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::installed::{Installed, put, remove};
use crate::participants::Kind;

/// What build_image needs beyond the template, in the folder of its unit.
const BUILD: &str = "10-build.conf";

/// The folders of drop-ins, one a participant.
#[derive(Debug)]
pub(super) struct DropIns {
    /// Where units of this machine's own are.
    units: PathBuf,
    /// Where those of the package are, when somebody says so.
    packaged: Option<PathBuf>,
}

impl DropIns {
    pub(super) fn new(units: &Path, packaged: Option<PathBuf>) -> DropIns {
        DropIns { units: units.to_owned(), packaged }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.units.join(folder_of(name))
    }

    /// Returns the user a participant runs as, when it is another than the template's.
    pub(super) fn user(&self, name: &str) -> Option<String> {
        let unit = std::fs::read_to_string(self.folder(name).join("user.conf")).ok()?;
        unit.lines().find_map(|line| line.strip_prefix("User=").map(ToOwned::to_owned))
    }

    /// Writes what a participant needs; returns whether systemd has to hear of it.
    pub(super) fn write(&self, installed: &Installed) -> Result<bool> {
        let folder = self.folder(&installed.name);
        let unlinked = self.unlink(&installed.name)?;
        let user = folder.join("user.conf");
        let changed = self.user(&installed.name) != installed.user;
        match &installed.user {
            Some(name) if changed => put(&user, &format!("[Service]\nUser={name}\n"))?,
            Some(_) => {}
            None => remove(&user)?,
        }
        Ok(self.let_build(installed)? || changed || unlinked)
    }

    /// Lets a build_image of another name do what build_image may.
    fn let_build(&self, installed: &Installed) -> Result<bool> {
        let link = self.folder(&installed.name).join(BUILD);
        let own = Kind::BuildImage.name();
        if installed.code != own || installed.name == own {
            return unlink(&link, BUILD);
        }
        let Some(packaged) = self.packaged(own) else {
            cli::say(format_args!(
                "skynet: warning: the units are not installed, without which systemd lets {} build nothing: \
                 install img-participants, then this once more",
                installed.name
            ));
            return Ok(false);
        };
        if std::fs::read_link(&link).is_ok_and(|there| there == packaged) {
            return Ok(false);
        }
        let doing = || format!("cannot make the link {}", link.display());
        unlink(&link, BUILD)?;
        std::fs::create_dir_all(self.folder(&installed.name)).with_context(doing)?;
        match symlink(&packaged, &link) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false), // a person's own file
            made => made.map(|()| true).with_context(doing),
        }
    }

    /// Returns the file of the package.
    fn packaged(&self, own: &str) -> Option<PathBuf> {
        let beside = std::env::current_exe().ok();
        let beside = beside.as_deref().and_then(Path::parent).and_then(Path::parent);
        let usual = beside.map(|prefix| prefix.join("lib/systemd/system")).into_iter();
        let usual =
            usual.chain(["/usr/local/lib/systemd/system", "/usr/lib/systemd/system"].map(PathBuf::from));
        let folders: Vec<_> = self.packaged.clone().map_or_else(|| usual.collect(), |folder| vec![folder]);
        folders.into_iter().map(|folder| folder.join(folder_of(own)).join(BUILD)).find(|file| file.is_file())
    }

    /// Removes what was written; what a person put there stays.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        let folder = self.folder(name);
        if !self.unlink(name)? {
            remove(&folder.join("user.conf"))?;
            unlink(&folder.join(BUILD), BUILD)?;
            let _ = std::fs::remove_dir(folder); // another's file may be in it
        }
        Ok(())
    }

    /// Removes the link of a whole folder, as it had to be made by hand once: what is written there is build_image's.
    fn unlink(&self, name: &str) -> Result<bool> {
        unlink(&self.folder(name), &folder_of(Kind::BuildImage.name()))
    }
}

fn folder_of(name: &str) -> String {
    format!("participant@{name}.service.d")
}

/// Removes a link to something of that name, and nothing else: a link to /dev/null is how a person switches a drop-in off.
/// Returns whether there was one.
fn unlink(link: &Path, target: &str) -> Result<bool> {
    let to = std::fs::read_link(link);
    let is_ours = to.is_ok_and(|to| to.file_name().is_some_and(|name| name == target));
    if is_ours {
        remove(link)?;
    }
    Ok(is_ours)
}
