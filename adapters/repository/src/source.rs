//! The files an image comes from, as one stream.

mod partimage;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use imaging::{OpenGnsysError, RepositoryError};
use nix::fcntl::OFlag;

use crate::folder::{Folder, Key};
use crate::volumes;

/// The volumes of an image, open, in their order.
#[derive(Debug)]
pub(crate) struct Source {
    volumes: Vec<Volume>,
    at: usize,
    /// How many bytes of the image were read.
    passed: u64,
    /// Where four bytes become zero.
    zero: Option<u64>,
}

#[derive(Debug)]
struct Volume {
    path: PathBuf,
    file: File,
    key: Key,
    /// How much at its beginning is no part of the image.
    skip: u64,
    /// What was read of it.
    read: u64,
}

impl Source {
    /// Opens the volumes; `below` is the folder that they are in, and do not leave.
    pub(crate) fn open(files: &[PathBuf], below: Option<&Path>) -> Result<Source, RepositoryError> {
        let [first, ..] = files else { return Err(format("no file is named".into())) };
        let paths = match files {
            [one] => others(one, below)?,
            all => ordered(all)?,
        };
        let several = paths.len() > 1;
        let open = |path: PathBuf| {
            let file = open(&path, below).map_err(|source| opening(&path, source))?;
            let about = file.metadata().map_err(|source| opening(&path, source))?;
            Ok(Volume { path, file, key: Key::of(&about), skip: 0, read: 0 })
        };
        let mut volumes = paths.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut is_partimage = false;
        if several {
            is_partimage = partimage::strip(&mut volumes).map_err(|source| opening(first, source))??;
        }
        let source = Source { volumes, at: 0, passed: 0, zero: None };
        let zero = source.length().checked_sub(partimage::LAST_VOLUME).filter(|_| is_partimage);
        Ok(Source { zero, ..source })
    }

    /// How many bytes the image has.
    pub(crate) fn length(&self) -> u64 {
        self.volumes.iter().map(|one| one.key.size.saturating_sub(one.skip)).sum()
    }

    pub(crate) fn count(&self) -> usize {
        self.volumes.len()
    }

    /// Whether the files are what they were when they were opened.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.volumes.iter().all(|one| one.file.metadata().is_ok_and(|about| Key::of(&about) == one.key))
    }

    /// Goes back to the beginning.
    pub(crate) fn rewind(&mut self) {
        (self.at, self.passed) = (0, 0);
        self.volumes.iter_mut().for_each(|one| one.read = 0);
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(volume) = self.volumes.get_mut(self.at) {
            let count = volume.file.read_at(into, volume.skip + volume.read)?;
            if count > 0 || into.is_empty() {
                volume.read += count as u64;
                for at in self.zero.into_iter().flat_map(|zero| zero..zero + 4) {
                    let here = at.checked_sub(self.passed).and_then(|here| usize::try_from(here).ok());
                    if let Some(byte) = here.and_then(|here| into[..count].get_mut(here)) {
                        *byte = 0;
                    }
                }
                self.passed += count as u64;
                return Ok(count);
            }
            self.at += 1;
        }
        Ok(0)
    }
}

fn format(reason: String) -> RepositoryError {
    RepositoryError::refused(OpenGnsysError::Format, reason)
}

fn opening(path: &Path, source: io::Error) -> RepositoryError {
    if beneath::leads_nowhere(&source) {
        let path = path.display();
        let reason =
            format!("there is no file {path}: name one that is there, and that is no link or folder");
        return RepositoryError::refused(OpenGnsysError::NotFound, reason);
    }
    RepositoryError::disk(format!("read {}", path.display()), source)
}

fn open(path: &Path, below: Option<&Path>) -> io::Result<File> {
    if let Some(below) = below {
        return beneath::file(&beneath::base(below)?, path);
    }
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// The other volumes of a file that was named alone.
fn others(file: &Path, below: Option<&Path>) -> Result<Vec<PathBuf>, RepositoryError> {
    let Some(name) = file.file_name() else { return Ok(vec![file.to_owned()]) };
    let parent = file.parent().unwrap_or(Path::new(""));
    let names = || {
        let folder = match below {
            Some(below) if parent.as_os_str().is_empty() => Folder::base(below)?,
            Some(below) => return names_below(below, parent),
            None if parent.as_os_str().is_empty() => Folder::base(Path::new("."))?,
            None => Folder::base(parent)?,
        };
        folder.names()
    };
    let names = names().map_err(|source| opening(file, source))?;
    let ordered = volumes::beside(name, &names).map_err(format)?;
    Ok(ordered.into_iter().map(|name| parent.join(name)).collect())
}

fn names_below(below: &Path, parent: &Path) -> io::Result<Vec<OsString>> {
    let folder = beneath::folder(&beneath::base(below)?, parent)?;
    std::fs::read_dir(beneath::of(&folder))?.map(|entry| entry.map(|entry| entry.file_name())).collect()
}

/// Volumes that were all named; they may lie in different folders.
fn ordered(files: &[PathBuf]) -> Result<Vec<PathBuf>, RepositoryError> {
    let names: Vec<OsString> =
        files.iter().map(|file| file.file_name().unwrap_or_default().to_owned()).collect();
    let ordered = volumes::in_order(&names).map_err(format)?;
    let path = |name: OsString| {
        let at = names.iter().position(|one| *one == name).expect("it is one of them");
        files[at].clone()
    };
    Ok(ordered.into_iter().map(path).collect())
}

#[cfg(test)]
mod tests {
    use super::partimage::PARTIMAGE;
    use super::*;

    fn volume(number: u32, id: u64, rest: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 512];
        bytes[..16].copy_from_slice(PARTIMAGE);
        bytes[96..100].copy_from_slice(&number.to_le_bytes());
        bytes[100..108].copy_from_slice(&id.to_le_bytes());
        bytes.extend(rest);
        bytes
    }

    fn all(files: &[PathBuf], below: Option<&Path>) -> Result<(u64, Vec<u8>), RepositoryError> {
        let mut source = Source::open(files, below)?;
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).unwrap();
        assert!(source.is_unchanged());
        Ok((source.length(), bytes))
    }

    #[test]
    fn volumes_are_joined_and_those_of_partimage_lose_their_headers() {
        let temp = tempfile::tempdir().unwrap();
        let path = |name: &str| temp.path().join(name);
        for (name, bytes) in [("s.aa", "ab"), ("s.ab", "cd"), ("s.ac", "e")] {
            std::fs::write(path(name), bytes).unwrap();
        }
        assert_eq!(all(&[path("s.aa")], None).unwrap(), (5, b"abcde".to_vec()));
        assert_eq!(all(&["s.aa".into()], Some(temp.path())).unwrap().1, b"abcde");
        assert_eq!(all(&[path("s.ac"), path("s.aa"), path("s.ab")], None).unwrap().1, b"abcde");

        for (name, number, id) in [
            ("p.000", 0, 7),
            ("p.001", 1, 7),
            ("p.002", 2, 7),
            ("q.000", 0, 7),
            ("q.001", 1, 8),
            ("r.000", 0, 7),
            ("r.001", 2, 7),
        ] {
            std::fs::write(path(name), volume(number, id, name.as_bytes())).unwrap();
        }
        let joined = all(&[path("p.000")], None).unwrap();
        assert_eq!(joined.1, [volume(0, 7, b"p.000"), b"p.001".to_vec(), b"p.002".to_vec()].concat());
        assert_eq!(joined.0, joined.1.len() as u64);
        for other in ["q.000", "r.000"] {
            assert_eq!(all(&[path(other)], None).unwrap_err().opengnsys().number(), 1, "{other}");
        }
    }

    #[test]
    fn no_link_is_followed_and_nothing_but_a_file_is_taken() {
        let temp = tempfile::tempdir().unwrap();
        let path = |name: &str| temp.path().join(name);
        std::fs::create_dir(path("in")).unwrap();
        std::fs::write(path("secret"), "x").unwrap();
        std::os::unix::fs::symlink("../secret", path("in/link")).unwrap();
        std::os::unix::fs::symlink("in", path("folder")).unwrap();
        nix::unistd::mkfifo(&path("in/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let below = path("in");
        for bad in ["link", "pipe", "../secret", "none", "/etc/passwd", "."] {
            let refused = all(&[bad.into()], Some(&below)).unwrap_err();
            assert!(refused.opengnsys().number() == 2 || bad.starts_with(['.', '/']), "{bad}: {refused:?}");
        }
        assert!(all(&["folder/link".into()], Some(temp.path())).is_err());
        for bad in ["in/link", "in/pipe", "in"] {
            assert_eq!(all(&[path(bad)], None).unwrap_err().opengnsys().number(), 2, "{bad}");
        }
    }
}
