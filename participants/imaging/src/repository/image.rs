//! What a repository knows of an image.

use std::fmt;
use std::path::PathBuf;

use super::{ImagePath, OpenGnsysError, Registration};

/// One image of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryImage {
    /// Which one.
    pub path: ImagePath,
    /// What is the matter with it.
    pub state: ImageState,
    /// The size of its file in bytes; 0 when there is none.
    pub size: u64,
    /// When the file was last written, in milliseconds since 1970.
    pub changed_ms: i64,
    /// What it is, as far as that was looked for and found.
    pub recognised: Option<Recognised>,
    /// The machine it comes from; empty when nobody knows.
    pub client_name: String,
    /// Its sums, if they are those of the file as it is.
    pub sums: Option<Sums>,
    /// What its torrent is known by.
    pub info_hash: Option<InfoHash>,
    /// Whether there is a backup.
    pub has_backup: bool,
    /// What people noted of it.
    pub registration: Option<Registration>,
}

/// What is the matter with an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageState {
    /// It is whole, and its sums and torrent are those of its file.
    Published,
    /// Its file is there, and nobody has read it yet; or it still grows.
    Waiting,
    /// Somebody works on it: who, as far as that is known.
    Locked(String),
    /// It was read and is not published; the sentence says why.
    Refused(String),
    /// It is registered, or has a backup, and has no file.
    NoFile,
}

impl ImageState {
    /// One word for it: `published`, `waiting`, `locked`, `refused`, `no-file`.
    pub fn word(&self) -> &'static str {
        match self {
            ImageState::Published => "published",
            ImageState::Waiting => "waiting",
            ImageState::Locked(_) => "locked",
            ImageState::Refused(_) => "refused",
            ImageState::NoFile => "no-file",
        }
    }

    /// The sentence that belongs to it; empty when the word says all.
    pub fn detail(&self) -> &str {
        match self {
            ImageState::Locked(detail) | ImageState::Refused(detail) => detail,
            _ => "",
        }
    }
}

/// What an image is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recognised {
    /// The program that made it, in lower case: `partclone`; OpenGnsys says `clonator`.
    pub tool: String,
    /// The program it is packed by, in lower case, or `none`.
    pub compressor: String,
    /// The file system in it, in upper case; empty when nobody knows.
    pub filesystem: String,
    /// The bytes a partition must have to take it; none when nobody knows.
    pub restore_bytes: Option<u64>,
    /// Why it cannot be restored as it is; none when it can.
    pub obstacle: Option<String>,
}

/// The sums that OpenGnsys's clients compare.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sums {
    /// MD5 of the last MiB, in 32 digits of lower case: the file `.sum`.
    pub tail_md5: String,
    /// MD5 of all of it: the file `.full.sum`.
    pub full_md5: String,
}

/// What a torrent is known by: the SHA-1 of what it is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InfoHash(pub [u8; 20]);

impl fmt::Display for InfoHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for InfoHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "InfoHash({self})")
    }
}

/// A torrent that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedTorrent {
    /// The image it is about.
    pub image: ImagePath,
    /// What it is known by.
    pub info_hash: InfoHash,
    /// The absolute path of the torrent file.
    pub torrent: PathBuf,
    /// The absolute path of the file it is about, whose name is the one in the torrent.
    pub file: PathBuf,
    /// How many bytes that has.
    pub length: u64,
}

/// What came of reading a whole image again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What it is; none when nobody knows.
    pub recognised: Option<Recognised>,
    /// What it was held against, a line each: `lzop: Adler-32 of each block unpacked: 1 right`.
    pub held: Vec<String>,
    /// The sums it has.
    pub sums: Sums,
    /// How many bytes were read.
    pub read_bytes: u64,
    /// What is wrong with it, a sentence each; none when it is whole.
    pub faults: Vec<String>,
}

impl Verified {
    /// Tells whether nothing is wrong with it, as far as there is something to hold it against.
    pub fn whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// What a round of looking did to one image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tended {
    /// It is published now.
    Published(ImagePath),
    /// It is not, and this is why.
    Refused(ImagePath, OpenGnsysError, String),
    /// It still grows, or somebody works on it; the sentence says which.
    Waits(ImagePath, String),
    /// It takes long to read, and goes on being read while others have their turn; a later round tells what came of it.
    Reads(ImagePath),
    /// Something that a program which was killed had left is gone; the sentence says what.
    Cleaned(String),
}
