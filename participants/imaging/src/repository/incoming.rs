//! An image on its way in, and on its way out.

use std::path::PathBuf;

use super::{CanonicalName, ImageKind, Registration, RepositoryImage, Sums, Unit};

/// An image that is to be copied in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its file; of an image in several volumes either all of them, in any order, or the first, which the others lie beside.
    pub volumes: Vec<PathBuf>,
    /// A folder that the volumes are relative to, and that no path and no link of them leaves; none where whoever asks may
    /// read what they like.
    pub below: Option<PathBuf>,
    /// What it will be called.
    pub name: CanonicalName,
    /// Whose it will be.
    pub unit: Option<Unit>,
    /// What it is taken for; none lets its contents decide: a disk with a partition table is `dsk`, all else `img`.
    pub kind: Option<ImageKind>,
    /// Takes what nobody can recognise, too. What is recognised and broken is always refused.
    pub unrecognised: bool,
    /// The sums it has to have, where they are known.
    pub expected: Option<Sums>,
    /// What to note of it; none leaves what is noted.
    pub registration: Option<Registration>,
    /// The machine it comes from, which OpenGnsys calls `clientname`; empty when nobody knows.
    pub client_name: String,
}

impl Incoming {
    /// Takes one file by a name, and nothing else is known.
    pub fn file(file: impl Into<PathBuf>, name: CanonicalName) -> Incoming {
        Incoming {
            volumes: vec![file.into()],
            below: None,
            name,
            unit: None,
            kind: None,
            unrecognised: false,
            expected: None,
            registration: None,
            client_name: String::new(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incorporated {
    /// The image as it is listed from now on.
    pub image: RepositoryImage,
    /// Whether an image of this name was there, which is the backup now.
    pub replaced: bool,
    /// What a person should know, as that it has no checksums of its own.
    pub warnings: Vec<String>,
}

/// How an image is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It becomes the backup, in place of an older one.
    KeepBackup,
    /// It is gone, and so is its backup, and what was noted of it.
    ForGood,
}
