//! A file that is not whole yet: `NAME.part`, and beside it `NAME.part.json`, which says of what.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::{Place, local};
use crate::ClientError;

/// What a part is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whole {
    /// Its version, in the words of the server.
    pub(super) etag: Option<String>,
    /// Its checksum, when the build told it.
    pub(super) sha256: Option<String>,
}

/// The beginning of a file. Invariant: `have` bytes are in it, and `digest` has taken those.
pub(super) struct Part {
    pub(super) have: u64,
    pub(super) whole: Whole,
    place: Place,
    note: Place,
    file: File,
    digest: Sha256,
}

impl Part {
    /// Opens the part of a file, or begins one. What is there counts only when it is of the same whole.
    pub(super) fn open(of: &Place, sha256: Option<&str>) -> Result<Part, ClientError> {
        let failed = |error| local(format!("write {}.part", of.path.display()), error);
        let (place, note) = (of.beside(".part").map_err(failed)?, of.beside(".part.json").map_err(failed)?);
        let file = place.open(true).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(failed(io::Error::other("another program is fetching it")));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let is_ours = |stat: nix::sys::stat::FileStat| {
            file.metadata().is_ok_and(|about| (about.dev(), about.ino()) == (stat.st_dev, stat.st_ino))
        };
        if !place.stat().map_err(failed)?.is_some_and(is_ours) {
            return Err(failed(io::Error::other("another program has just fetched it")));
        }
        let noted = note.open(false).ok().and_then(|file| {
            let mut text = String::new();
            file.take(4096).read_to_string(&mut text).ok()?;
            serde_json::from_str::<Whole>(&text).ok()
        });
        let digest = Sha256::new();
        let whole = Whole { etag: None, sha256: sha256.map(str::to_owned) };
        let mut part = Part { have: 0, whole, place, note, file, digest };
        match noted.filter(|noted| noted.sha256 == part.whole.sha256) {
            Some(noted) => {
                part.whole = noted;
                part.read_again().map_err(failed)?;
            }
            None => part.begin()?,
        }
        Ok(part)
    }

    /// Takes the bytes that are there already.
    fn read_again(&mut self) -> io::Result<()> {
        self.have = add(&mut self.digest, &mut self.file)?;
        Ok(())
    }

    /// Forgets what is there.
    pub(super) fn begin(&mut self) -> Result<(), ClientError> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.map_err(|error| self.failed(error))?;
        (self.have, self.digest) = (0, Sha256::new());
        Ok(())
    }

    /// Notes of what this is a part, before there is more of it.
    pub(super) fn note(&mut self, etag: Option<String>) -> Result<(), ClientError> {
        if self.have > 0 && self.whole.etag == etag {
            return Ok(());
        }
        self.whole.etag = etag;
        let text = serde_json::to_vec(&self.whole).expect("two texts");
        let written = self.note.open(true).and_then(|mut file| {
            file.set_len(0)?;
            file.write_all(&text)
        });
        written.map_err(|error| self.failed(error))
    }

    /// Adds what came. After an error the file is as long as `have` says, or the next reader reads it again.
    pub(super) fn add(&mut self, piece: &[u8]) -> Result<(), ClientError> {
        self.file.write_all(piece).map_err(|error| self.failed(error))?;
        self.digest.update(piece);
        self.have += piece.len() as u64;
        Ok(())
    }

    /// Returns the checksum of what is there.
    pub(super) fn sha256(&self) -> String {
        hex(&self.digest.clone().finalize())
    }

    /// Gives the file its name, whole and on disk; a name that is taken only when told.
    pub(super) fn finish(self, name: &Place, replace: bool) -> Result<(), ClientError> {
        self.file.sync_all().map_err(|error| self.failed(error))?;
        let renamed = self.place.rename(name, replace);
        renamed.map_err(|error| local(format!("call it {}", name.path.display()), error))?;
        self.note.remove();
        Ok(())
    }

    /// Removes what came.
    pub(super) fn remove(self) {
        self.place.remove();
        self.note.remove();
    }

    fn failed(&self, error: io::Error) -> ClientError {
        let kept = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "; make room there, and the same command goes on where it was"
            }
            _ => "",
        };
        let path = self.place.path.display();
        local(format!("write {path}, which has {} bytes{kept}", self.have), error)
    }
}

/// Returns the checksum of a file.
pub(super) fn sum(mut file: File) -> io::Result<String> {
    let mut digest = Sha256::new();
    add(&mut digest, &mut file)?;
    Ok(hex(&digest.finalize()))
}

fn add(digest: &mut Sha256, file: &mut File) -> io::Result<u64> {
    let (mut piece, mut have) = (vec![0; 256 << 10], 0);
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(have),
            Ok(read) => {
                digest.update(&piece[..read]);
                have += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
