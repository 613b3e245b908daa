//! Why a build ends before its end.

use child::ChildError;
use imaging::{Build, BuilderError};

/// What stops the steps.
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
    /// Says what was being done when the machine turned out to be broken.
    pub(crate) fn broken(doing: String) -> impl FnOnce(std::io::Error) -> Halt {
        move |error| Halt::Broken(BuilderError::new(doing, error))
    }

    /// Says it to whoever asked for the build.
    pub(crate) fn into_answer(self) -> Result<Build, BuilderError> {
        match self {
            Halt::Failed(reason) => Ok(Build::Failed { reason }),
            Halt::Stopped => Ok(Build::Stopped),
            Halt::Broken(error) => Err(error),
        }
    }
}

impl From<ChildError> for Halt {
    fn from(error: ChildError) -> Halt {
        match error {
            // a sentence that says what to do
            ChildError::Place(reason) => Halt::Failed(reason),
            other => Halt::Broken(BuilderError::new("run mic", other)),
        }
    }
}
