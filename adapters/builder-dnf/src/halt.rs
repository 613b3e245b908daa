//! Why a build ends before its end.

use std::error::Error;
use std::io::{self, ErrorKind};

use child::ChildError;
use imaging::{Build, BuilderError};

/// What stops the steps.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A person can do something about it.
    Failed(String),
    /// The memory it was given does not hold its files: a disk may.
    Crowded,
    /// It was asked to stop.
    Stopped,
    /// This machine is broken.
    Broken(BuilderError),
}

impl Halt {
    pub(crate) fn failed(reason: impl Into<String>) -> Halt {
        Halt::Failed(reason.into())
    }

    /// Tells whether a disk that is full is at the bottom of it.
    pub(crate) fn is_for_want_of_room(&self) -> bool {
        let Halt::Broken(error) = self else { return false };
        let mut cause: Option<&dyn Error> = Some(error);
        while let Some(error) = cause {
            let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if matches!(kind, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded)) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Says it to whoever asked for the build.
    pub(crate) fn into_answer(self) -> Result<Build, BuilderError> {
        match self {
            Halt::Failed(reason) => Ok(Build::Failed { reason }),
            Halt::Crowded => {
                Ok(Build::Failed { reason: "no room in memory: the files of the build do not fit".into() })
            }
            Halt::Stopped => Ok(Build::Stopped),
            Halt::Broken(error) => Err(error),
        }
    }
}

impl From<ChildError> for Halt {
    fn from(error: ChildError) -> Halt {
        Halt::Broken(BuilderError::new("run the tools of a build", error))
    }
}
