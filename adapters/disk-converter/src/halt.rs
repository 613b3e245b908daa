//! Why there is no new disk.

use std::error::Error;
use std::io;

use imaging::BuilderError;

#[derive(Debug)]
pub(crate) enum Halt {
    /// A person can do something about it.
    Failed(String),
    /// It was asked to stop.
    Stopped,
    /// This machine is broken.
    Broken(BuilderError),
}

impl Halt {
    pub(crate) fn broken(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Halt {
        Halt::Broken(BuilderError::new(doing, source))
    }

    /// Tells a full disk from a broken one.
    pub(crate) fn of_disk(doing: String, error: io::Error) -> Halt {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Halt::full(),
            _ => Halt::broken(doing, error),
        }
    }

    pub(crate) fn full() -> Halt {
        Halt::Failed("the disk the images are on is full: make room, then convert again".into())
    }
}
