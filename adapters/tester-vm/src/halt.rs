//! Why a test went no further.

use std::error::Error;

use imaging::{BuilderError, TestCase, TestEnd};

#[derive(Debug)]
pub(crate) enum Halt {
    /// The image failed a test.
    Test(TestCase),
    /// It cannot be tested; a person can do something about it.
    Failed(String),
    /// It was asked to stop.
    Stopped,
    /// This machine is broken.
    Broken(BuilderError),
}

impl Halt {
    pub(crate) fn test(name: &str, said: impl Into<String>) -> Halt {
        Halt::Test(TestCase { name: name.into(), end: TestEnd::Failed, said: said.into() })
    }

    pub(crate) fn broken(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Halt {
        Halt::Broken(BuilderError::new(doing, source))
    }

    /// Says whose fault it is that a machine does not start: never the guest's, which has not run.
    pub(crate) fn of_start(error: &qemu::Error) -> Halt {
        Halt::Failed(error.to_string())
    }

    /// Says whose fault it is that a machine that ran is in trouble.
    pub(crate) fn of_guest(error: &qemu::Error) -> Halt {
        match error {
            qemu::Error::HostFull(_) | qemu::Error::System { .. } | qemu::Error::QmpGone(_) => {
                Halt::Failed(error.to_string())
            }
            _ => Halt::test("", error.to_string()),
        }
    }

    /// Says which test it is that failed.
    pub(crate) fn in_test(self, name: &str) -> Halt {
        match self {
            Halt::Test(failed) => Halt::test(name, failed.said),
            other => other,
        }
    }
}
