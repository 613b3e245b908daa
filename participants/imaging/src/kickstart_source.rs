//! Where kickstarts are kept that a process only names.

use std::io;

/// Why a file is not given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Nothing of that name is there.
    #[error("there is no {path}")]
    Missing {
        /// What was asked for.
        path: String,
    },
    /// It is not given to anybody: whoever asked has to ask for something else.
    #[error("{path} {why}")]
    Refused {
        /// What was asked for.
        path: String,
        /// Follows the path, as `leads out of the store`.
        why: String,
    },
    /// The store is broken, or closed to us.
    #[error("cannot read {path}")]
    Unreadable {
        /// What was asked for.
        path: String,
        /// What came of it.
        #[source]
        source: io::Error,
    },
}

/// A tree of kickstarts and of what they are made of. It blocks: call it from a thread that may.
pub trait KickstartSource: Send + Sync {
    /// Returns the bytes of a file; `path` is relative to the top, its folders joined by `/`.
    ///
    /// No path and no link leads out of the tree, whoever wrote it.
    fn file(&self, path: &str) -> Result<Vec<u8>, SourceError>;

    /// Returns the names of the files in a folder, sorted; those of folders are not among them.
    fn files(&self, folder: &str) -> Result<Vec<String>, SourceError>;
}
