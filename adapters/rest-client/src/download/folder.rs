//! The folder files come into. No name of a server leads out of it, and no link in it is followed.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, RenameFlags, ResolveFlag, openat2, renameat, renameat2};
use nix::sys::stat::{FileStat, Mode, fstatat, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::ClientError;

/// A folder of this machine.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    opened: File,
}

/// The place of one file: an open folder, and a name in it.
#[derive(Debug)]
pub(crate) struct Place {
    folder: OwnedFd,
    name: String,
    /// Where that is, for people.
    pub(crate) path: PathBuf,
}

impl Folder {
    /// Opens a folder, which is made when it is not there.
    pub fn open(path: &Path) -> Result<Folder, ClientError> {
        let opened = fs::create_dir_all(path).and_then(|()| File::open(path));
        let opened = opened.and_then(|file| {
            if file.metadata()?.is_dir() { Ok(file) } else { Err(io::ErrorKind::NotADirectory.into()) }
        });
        let opened = opened.map_err(|error| local(format!("put files into {}", path.display()), error))?;
        Ok(Folder { path: path.to_owned(), opened })
    }

    /// Finds the place of a file by the path a server gave; makes the folders on the way.
    pub(crate) fn place(&self, path: &str) -> Result<Place, ClientError> {
        let parts: Vec<&str> = path.split('/').collect();
        if !parts.iter().all(|part| is_harmless(part)) {
            let why = "the server gave it a name that no file gets here";
            return Err(local(format!("keep {path:?}"), io::Error::other(why)));
        }
        let at = self.path.join(path);
        let (name, above) = parts.split_last().expect("a text split has a part");
        let failed = |error: Errno| local(format!("make the folder of {}", at.display()), error.into());
        let mut folder: OwnedFd =
            self.opened.try_clone().map_err(|error| local("open a folder twice".into(), error))?.into();
        for part in above {
            match mkdirat(&folder, *part, Mode::from_bits_truncate(0o777)) {
                Ok(()) | Err(Errno::EEXIST) => {}
                Err(error) => return Err(failed(error)),
            }
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
            folder = open(&folder, part, flags, Mode::empty()).map_err(failed)?;
        }
        Ok(Place { folder, name: (*name).to_owned(), path: at })
    }
}

/// Tells whether a part of a path is a name that can do no harm: it hides nothing, leads nowhere and moves no terminal.
fn is_harmless(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 240
        && !part.starts_with('.')
        && !part.chars().any(|sign| sign.is_control() || sign == '\\')
}

fn open(folder: &impl AsFd, name: &str, flags: OFlag, mode: Mode) -> nix::Result<OwnedFd> {
    let how = OpenHow::new()
        .flags(flags | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW)
        .mode(mode)
        .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS);
    openat2(folder.as_fd(), name, how)
}

impl Place {
    /// Returns the place of a file beside this one, whose name ends in more.
    pub(crate) fn beside(&self, ending: &str) -> io::Result<Place> {
        let mut path = self.path.clone().into_os_string();
        path.push(ending);
        let name = format!("{}{ending}", self.name);
        Ok(Place { folder: self.folder.try_clone()?, name, path: path.into() })
    }

    /// Opens it for reading and writing, a regular file; makes it when told.
    pub(crate) fn open(&self, make: bool) -> io::Result<File> {
        let make = if make { OFlag::O_CREAT } else { OFlag::empty() };
        let mode = if make.is_empty() { Mode::empty() } else { Mode::from_bits_truncate(0o666) };
        let flags = OFlag::O_RDWR | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | make;
        let file: File = open(&self.folder, &self.name, flags, mode)?.into();
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file")) }
    }

    /// Returns what has this name, the link itself for a link.
    pub(crate) fn stat(&self) -> io::Result<Option<FileStat>> {
        match fstatat(&self.folder, self.name.as_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the file another name in the same folder; one that is taken only when told.
    pub(crate) fn rename(&self, to: &Place, replace: bool) -> io::Result<()> {
        let (from, name) = (self.name.as_str(), to.name.as_str());
        let renamed = if replace {
            renameat(&self.folder, from, &to.folder, name)
        } else {
            match renameat2(&self.folder, from, &to.folder, name, RenameFlags::RENAME_NOREPLACE) {
                // not every file system knows that; whether the name is taken was looked up before
                Err(Errno::EINVAL | Errno::ENOSYS) => renameat(&self.folder, from, &to.folder, name),
                renamed => renamed,
            }
        };
        renamed?;
        // some file systems have nothing to write for a folder
        let _ = nix::unistd::fsync(&self.folder);
        Ok(())
    }

    /// Removes the file.
    pub(crate) fn remove(&self) {
        let _ = unlinkat(&self.folder, self.name.as_str(), UnlinkatFlags::NoRemoveDir);
    }
}

pub(crate) fn local(doing: String, error: io::Error) -> ClientError {
    ClientError::Local { doing, source: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_server_leads_out_or_hides() {
        let above = tempfile::tempdir().unwrap();
        let folder = Folder::open(&above.path().join("in")).unwrap();
        std::os::unix::fs::symlink(above.path(), above.path().join("in/link")).unwrap();
        std::os::unix::fs::symlink(above.path().join("out"), above.path().join("in/file")).unwrap();
        for path in [
            "",
            "/etc/passwd",
            "../out",
            "a/../../out",
            "a//b",
            ".profile",
            ".ssh/keys",
            "a/./b",
            "a\nb",
            "a\u{1b}[2Jb",
            "a\\b",
            &"x".repeat(241),
        ] {
            let error = folder.place(path).map(|place| place.path).unwrap_err();
            assert!(error.to_string().starts_with("cannot keep "), "{path:?}: {error}");
        }
        assert!(folder.place("link/out").is_err(), "a link was followed");
        assert!(folder.place("file").unwrap().open(true).is_err(), "a link was followed");
        assert!(!above.path().join("out").exists());
        folder.place("R/images/n x.raw").unwrap().open(true).unwrap();
        assert!(above.path().join("in/R/images/n x.raw").is_file());
    }
}
