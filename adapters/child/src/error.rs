//! Why a task could not be run at all.

use std::io;

/// A program that could not be started or listened to; what it says when it runs is in [`crate::Ended`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    /// The program is not there, or the place could not be made.
    #[error("cannot start {program}")]
    Start {
        /// The program's name.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The log cannot be written.
    #[error("cannot write the log {log}")]
    Log {
        /// Its path.
        log: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The place cannot work on this machine; the text says what to do.
    #[error("{0}")]
    Place(String),
}

impl ChildError {
    pub(crate) fn start(program: &str, source: io::Error) -> ChildError {
        ChildError::Start { program: program.to_owned(), source }
    }
}
