//! The folder of one platform.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

/// An open folder with the releases of a platform; every path goes by the open folder, whatever becomes of its name.
pub(crate) struct Shelf(File);

/// A shelf that nobody else of this program changes.
pub(crate) struct Held(Flock<File>);

impl Shelf {
    pub(crate) fn new(folder: File) -> Shelf {
        Shelf(folder)
    }

    /// Tells whether a release is there: a folder, not a link to one.
    pub(crate) fn has_folder(&self, release: &str) -> io::Result<bool> {
        match beneath::folder(&self.0, Path::new(release)) {
            Ok(_) => Ok(true),
            Err(error) if beneath::leads_nowhere(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Tells whether a name is free, or a link with its text, which may be replaced.
    pub(crate) fn may_point(&self, name: &str) -> io::Result<bool> {
        let kind = |name: &str| match fs::symlink_metadata(beneath::of(&self.0).join(name)) {
            Ok(about) => Ok(Some(about.file_type())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        let link = kind(name)?.is_none_or(|kind| kind.is_symlink());
        let text = kind(&format!("{name}.id"))?.is_none_or(|kind| kind.is_file());
        Ok(link && text)
    }

    /// Waits until nobody else changes it.
    pub(crate) fn lock(self) -> io::Result<Held> {
        Flock::lock(self.0, FlockArg::LockExclusive).map(Held).map_err(|(_, errno)| errno.into())
    }
}

impl Held {
    /// Exchanges the link, then the text beside it; each is the old one or the new one, also after a power loss.
    pub(crate) fn point(&self, name: &str, release: &str) -> io::Result<()> {
        self.exchange(name, |new| symlink(release, new))?;
        self.exchange(&format!("{name}.id"), |new| {
            let mut file = File::create_new(new)?;
            file.write_all(release.as_bytes())?;
            file.set_permissions(fs::Permissions::from_mode(0o644))?; // web servers read it
            file.sync_all()
        })?;
        self.0.sync_all()
    }

    /// Makes something under a name nobody looks at, and renames it.
    fn exchange(&self, name: &str, make: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let new = self.path(&format!(".{name}.new"));
        match fs::remove_file(&new) {
            Ok(()) => {} // a program was killed here
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let made = make(&new).and_then(|()| fs::rename(&new, self.path(name)));
        if made.is_err() {
            let _ = fs::remove_file(&new);
        }
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        beneath::of(&self.0).join(name)
    }
}
