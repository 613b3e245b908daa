//! An open folder of a repository, and what is done to the files in it.
//!
//! A file is named by one name, never by a path, and no link is followed: what is under a name and is no regular file is
//! not there.

mod making;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{RenameFlags, renameat2};

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Key {
    pub(crate) size: u64,
    pub(crate) mtime_ns: i64,
    pub(crate) inode: u64,
}

impl Key {
    pub(crate) fn of(about: &fs::Metadata) -> Key {
        let mtime_ns = about.mtime().saturating_mul(1_000_000_000).saturating_add(about.mtime_nsec());
        Key { size: about.len(), mtime_ns, inode: about.ino() }
    }
}

#[derive(Debug)]
pub(crate) struct Folder {
    file: File,
    /// Where it is, for sentences.
    pub(crate) at: PathBuf,
}

impl Folder {
    /// Opens a folder that the site named, which may be reached by links.
    pub(crate) fn base(at: &Path) -> io::Result<Folder> {
        let file = beneath::base(at)?;
        if !file.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Folder { file, at: at.to_owned() })
    }

    /// Opens it once more.
    pub(crate) fn again(&self) -> io::Result<Folder> {
        Ok(Folder { file: self.file.try_clone()?, at: self.at.clone() })
    }

    /// Opens a folder in this one.
    pub(crate) fn folder(&self, name: &OsStr) -> io::Result<Folder> {
        Ok(Folder { file: beneath::folder(&self.file, Path::new(name))?, at: self.at.join(name) })
    }

    /// A path by which this program reaches a file in it.
    fn path(&self, name: &OsStr) -> PathBuf {
        assert!(!name.as_encoded_bytes().contains(&b'/') && name != ".." && name != ".", "it is one name");
        beneath::of(&self.file).join(name)
    }

    /// The names of all that is in it.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(beneath::of(&self.file))? {
            names.push(entry?.file_name());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// What there is to know of a regular file; none when there is none.
    pub(crate) fn about(&self, name: &OsStr) -> io::Result<Option<fs::Metadata>> {
        match fs::symlink_metadata(self.path(name)) {
            Ok(about) => Ok(about.is_file().then_some(about)),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn key(&self, name: &OsStr) -> io::Result<Option<Key>> {
        Ok(self.about(name)?.as_ref().map(Key::of))
    }

    /// Whether anything has this name, also what is no file.
    pub(crate) fn has(&self, name: &OsStr) -> io::Result<bool> {
        match fs::symlink_metadata(self.path(name)) {
            Ok(_) => Ok(true),
            Err(error) if is_nothing(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens a regular file.
    pub(crate) fn open(&self, name: &OsStr) -> io::Result<File> {
        beneath::file(&self.file, Path::new(name))
    }

    /// Reads a small file; none when there is none, or it is larger than such files are.
    pub(crate) fn read(&self, name: &OsStr, most: u64) -> io::Result<Option<Vec<u8>>> {
        let file = match self.open(name) {
            Ok(file) => file,
            Err(error) if beneath::leads_nowhere(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    /// Renames a file if it is there, and removes what has the name otherwise.
    pub(crate) fn move_over(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        if self.has(from)? { self.rename(from, to) } else { self.remove(to) }
    }

    /// Gives each the file of the other, at once; a name that has none has none afterwards on the other side.
    pub(crate) fn swap(&self, one: &OsStr, other: &OsStr) -> io::Result<()> {
        match (self.has(one)?, self.has(other)?) {
            (true, true) => {
                let flags = RenameFlags::RENAME_EXCHANGE;
                Ok(renameat2(&self.file, one, &self.file, other, flags)?)
            }
            (true, false) => self.rename(one, other),
            (false, true) => self.rename(other, one),
            (false, false) => Ok(()),
        }
    }

    /// Gives a file a second name.
    pub(crate) fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.path(from), self.path(to))
    }

    /// Removes a file or link, if there is one.
    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes a folder in it that is empty; one that is not stays.
    pub(crate) fn remove_empty(&self, name: &OsStr) {
        let _ = fs::remove_dir(self.path(name));
    }

    /// Makes sure that the names are on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// The bytes that are free for this program.
    pub(crate) fn free(&self) -> io::Result<u64> {
        let about = nix::sys::statvfs::fstatvfs(&self.file)?;
        Ok(about.blocks_available().saturating_mul(about.fragment_size()))
    }

    /// A path that the kernel's watches take.
    pub(crate) fn own_path(&self) -> PathBuf {
        beneath::of(&self.file)
    }
}

/// Whether nothing has a name, be it that nothing can.
fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename)
}
