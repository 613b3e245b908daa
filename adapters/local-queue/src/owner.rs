//! Who a message belongs to, and whether they are alive.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

/// A running program that owns messages, for as long as this value lives.
///
/// A lock, not a pid, tells that it is alive: numbers are used again, locks die with their program.
#[derive(Debug)]
pub struct Owner {
    name: String,
    folder: PathBuf,
    _lock: Flock<File>,
}

impl Owner {
    /// Makes a new owner with a lock file below `folder`.
    pub fn new(folder: &Path) -> io::Result<Owner> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        std::fs::create_dir_all(folder)?;
        // locked before it has its name: nobody ever sees it free
        let nascent = folder.join(format!("{name}.new"));
        let file = OpenOptions::new().write(true).create_new(true).open(&nascent)?;
        let lock = Flock::lock(file, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, errno)| io::Error::from(errno))?;
        std::fs::rename(&nascent, lock_file(folder, &name))?;
        Ok(Owner { name, folder: folder.to_owned(), _lock: lock })
    }

    /// Returns the name, unique for ever.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whose lock files there are, but for our own, and removes those that never got their name.
    pub(crate) fn others(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("lock") if name != self.name => names.push(name.to_owned()),
                Some("new") if is_old(&path) => drop(std::fs::remove_file(&path)),
                _ => {}
            }
        }
        Ok(names)
    }

    /// Takes the place of another owner when it is dead; the lock is held until the returned value is dropped.
    pub(crate) fn bury(&self, other: &str) -> io::Result<Option<Buried>> {
        let path = lock_file(&self.folder, other);
        let file = match OpenOptions::new().write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Some(Buried { path, _lock: None }));
            }
            Err(error) => return Err(error),
        };
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(Buried { path, _lock: Some(lock) })),
            Err((_, Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, errno)) => Err(errno.into()),
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // what it still owns can be adopted with or without the file
        let _ = std::fs::remove_file(lock_file(&self.folder, &self.name));
    }
}

/// A dead owner nobody else can bury at the same time.
pub(crate) struct Buried {
    path: PathBuf,
    _lock: Option<Flock<File>>,
}

impl Buried {
    /// Removes the lock file, after everything was taken over.
    pub(crate) fn forget(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Tells whether a file was made so long ago that whoever made it has locked and named it, or died.
fn is_old(path: &Path) -> bool {
    let made = std::fs::metadata(path).and_then(|about| about.modified());
    made.ok().and_then(|made| made.elapsed().ok()).is_some_and(|age| age > Duration::from_secs(60))
}

fn lock_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dead_can_be_buried() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (Owner::new(folder.path()).unwrap(), Owner::new(folder.path()).unwrap());
        assert!(one.bury(two.name()).unwrap().is_none());
        let name = two.name().to_owned();

        drop(two);

        assert!(one.bury(&name).unwrap().is_some());
        assert!(one.bury("never-lived").unwrap().is_some());
    }

    #[test]
    fn two_cannot_bury_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (Owner::new(folder.path()).unwrap(), Owner::new(folder.path()).unwrap());
        std::fs::write(lock_file(folder.path(), "dead"), "").unwrap();

        let first = one.bury("dead").unwrap();

        assert!(first.is_some());
        assert!(two.bury("dead").unwrap().is_none());
    }
}
