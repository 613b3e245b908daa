//! Why a file cannot be opened, and what to do about it.

use std::path::{Path, PathBuf};

/// A file that is no database anybody could use now.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {}{}", file.display(), hint(source))]
pub struct OpenError {
    /// The file.
    pub file: PathBuf,
    /// What SQLite says.
    #[source]
    pub source: sqlx::Error,
}

impl OpenError {
    pub(crate) fn of(file: &Path, source: sqlx::Error) -> OpenError {
        OpenError { file: file.to_owned(), source }
    }
}

/// Another program has the file, and SQLite did not wait for it.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(5 | 6)) // SQLITE_BUSY, SQLITE_LOCKED
}

/// What its owner can do; empty when SQLite's own words say it.
fn hint(error: &sqlx::Error) -> &'static str {
    match code(error) {
        Some(5 | 6) => ", because another program keeps it locked; end that program",
        Some(8) => ", which may only be read; make it, its folder and the files beside it writable",
        Some(11 | 26) => {
            ", because it is damaged or no SQLite database; put a backup in its place, or move it away \
             together with the files beside it whose names begin alike, to begin with an empty one"
        }
        Some(13) => ", because the disk is full; make room",
        Some(14) => ", which cannot be made, read or written by this user",
        _ => "",
    }
}

/// SQLite's primary result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    let sqlx::Error::Database(error) = error else { return None };
    error.code()?.parse::<i32>().ok().map(|code| code & 0xff)
}
