//! What can go wrong in the engine itself.

use participant_core::TransportError;

/// Why the engine could not do its work; the state on disk is whole, and the same work can be done again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The database cannot be read or written: no room, no permission, held too long by another program.
    #[error("cannot {doing}")]
    Database {
        /// What was being done, as `open engine.db`.
        doing: String,
        /// What came of it.
        #[source]
        source: sqlx::Error,
    },
    /// The database cannot be opened; its text says what to do.
    #[error(transparent)]
    Open(#[from] sqlite_file::OpenError),
    /// What the database holds was not written by this version of the engine.
    #[error("process {wfid} has a state nobody can read")]
    Unreadable {
        /// The process.
        wfid: String,
        /// What came of it.
        #[source]
        source: serde_json::Error,
    },
    /// Messages cannot be taken or sent.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl EngineError {
    pub(crate) fn database(doing: &str) -> impl FnOnce(sqlx::Error) -> EngineError {
        move |source| EngineError::Database { doing: doing.into(), source }
    }
}

/// An error with its causes on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(out, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
