//! The files of a build: where they are for the tools and for us, and how we read and write them ourselves.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use child::Shown;
use imaging::BuilderError;
use nix::libc;

use super::{MEMORY, Workshop};
use crate::halt::Halt;

impl Workshop<'_> {
    /// Returns bytes of a small file, or a part of a large one, from a byte on.
    pub(crate) fn bytes(&self, file: &Path, offset: u64, most: u64) -> Result<Vec<u8>, Halt> {
        let mut bytes = Vec::new();
        let mut from = self.open_own(file, OpenOptions::new().read(true))?;
        let read = from.seek(SeekFrom::Start(offset)).and_then(|_| from.take(most).read_to_end(&mut bytes));
        read.map_err(|error| self.no_access(file, error))?;
        Ok(bytes)
    }

    /// Writes bytes into a file from a byte on.
    pub(crate) fn patch(&self, file: &Path, offset: u64, bytes: &[u8]) -> Result<(), Halt> {
        let to = self.open_own(file, OpenOptions::new().write(true))?;
        to.write_all_at(bytes, offset).map_err(|error| self.no_access(file, error))
    }

    /// Writes a small file that tools read.
    pub(crate) fn note_down(&self, file: &Path, text: &str) -> Result<(), Halt> {
        let mut to = self.open_own(file, OpenOptions::new().write(true).create(true).truncate(true))?;
        let written = to.write_all(text.as_bytes());
        let written = written.and_then(|()| to.set_permissions(Permissions::from_mode(0o644)));
        written.map_err(|error| self.no_access(file, error))
    }

    /// Opens a file of the work folder ourselves, which costs no namespace, while no task runs that could exchange it.
    fn open_own(&self, file: &Path, how: &mut OpenOptions) -> Result<File, Halt> {
        let opened = how.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(self.own(file)?);
        let opened = opened.map_err(|error| self.no_access(file, error))?;
        match opened.metadata() {
            Ok(about) if about.is_file() => Ok(opened),
            _ => Err(Halt::failed(format!("a script put something else in the place of {}", file.display()))),
        }
    }

    fn no_access(&self, file: &Path, error: io::Error) -> Halt {
        match error.kind() {
            io::ErrorKind::StorageFull => self.full(None),
            _ => Halt::Broken(BuilderError::new(format!("read or write {}", file.display()), error)),
        }
    }

    /// Says that a script has put something else in the place of the folder `/etc`: for tools beside the image, links lead
    /// elsewhere unless they go down.
    pub(crate) fn etc_is_gone(&self) -> Option<String> {
        let etc = self.on_host(&self.inside("/etc"));
        let about = etc.symlink_metadata().ok()?;
        let what = match etc.read_link() {
            Err(_) if about.is_dir() => return None,
            Err(_) => "a file".to_owned(),
            Ok(to) if etc.is_dir() && to.components().all(|part| matches!(part, Component::Normal(_))) => {
                return None;
            }
            Ok(to) => format!("a link to {}", to.display()),
        };
        Some(format!(
            "a script put {what} in the place of /etc, so that what belongs there cannot be written: have it leave the folder"
        ))
    }

    /// Returns where a path of the image is for the tools.
    pub(crate) fn inside(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Shows a path of the work folder to a task at `at`.
    pub(crate) fn shown(&self, path: &Path, at: impl Into<PathBuf>) -> Shown {
        let folder = if self.is_in_memory() { self.host.join(MEMORY) } else { self.host.clone() };
        Shown::at(folder.join(path.strip_prefix(&self.work).unwrap_or(path)), at)
    }

    /// Returns where we find a path of the work folder.
    pub(crate) fn on_host(&self, path: &Path) -> PathBuf {
        let folder = self.memory.get().map_or(self.host.as_path(), |(memory, _)| memory.path());
        folder.join(path.strip_prefix(&self.work).unwrap_or(path))
    }

    /// Returns where a path really is, when no script has put a link in the place of a folder on the way to it.
    pub(crate) fn own(&self, path: &Path) -> Result<PathBuf, Halt> {
        let folder = path.parent().unwrap_or(path);
        let mut way: Vec<_> = folder.ancestors().take_while(|above| above.starts_with(&self.work)).collect();
        way.pop(); // the work folder itself, which nobody can replace
        let is_folder = |path: &Path| self.on_host(path).symlink_metadata().is_ok_and(|about| about.is_dir());
        match way.into_iter().rev().all(is_folder) {
            true => Ok(self.on_host(path)),
            false => {
                Err(Halt::failed(format!("a script put something else in the place of {}", folder.display())))
            }
        }
    }

    /// Makes a finished file, by its path on the host, ours.
    pub(crate) async fn take_over(&self, file: &Path) -> Result<(), Halt> {
        Ok(self.place.take_over(file).await?)
    }

    /// Removes what was put beside the log until now: of a build that failed nothing is left to be taken for results.
    pub(crate) async fn withdraw(&self) -> Result<(), Halt> {
        let broken =
            |error| Halt::Broken(BuilderError::new("remove the results of a build that failed", error));
        for entry in std::fs::read_dir(&self.request.folder).map_err(broken)? {
            let path = entry.map_err(broken)?.path();
            if path.file_name() == self.request.log.file_name() || path == self.host {
                continue;
            }
            match path.symlink_metadata().map_err(broken)?.is_dir() {
                true => self.place.remove(&path).await?,
                false => std::fs::remove_file(&path).map_err(broken)?,
            }
        }
        Ok(())
    }
}
