//! Why a file cannot be opened, and what to do about it.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// A file that is no database anybody could use now.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {}{}", file.display(), advice(&file.display(), source))]
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

/// A file that was opened, and whose disk takes no more; SQLite's own words say neither where nor what to do.
#[derive(Debug, thiserror::Error)]
#[error("the database {} takes no more{}", file.display(), advice(&file.display(), said))]
pub struct NoRoom {
    /// The file.
    pub file: PathBuf,
    said: sqlx::Error,
}

/// Says of a statement that failed that the disk of the file is full, where it is; else returns what failed.
pub fn told(file: &Path, failed: sqlx::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match is_full(&failed) {
        Some(_) => NoRoom { file: file.to_owned(), said: failed }.into(),
        None => failed.into(),
    }
}

/// Tells whether a full disk is the only reason there can be for a failure; `None` when it is no reason.
pub fn is_full(failed: &sqlx::Error) -> Option<bool> {
    match code(failed)? {
        13 => Some(true),
        10 => Some(false), // SQLite says so of a full disk, too, when the index of its log finds no room
        _ => None,
    }
}

/// Another program has the file, and SQLite did not wait for it.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(5 | 6)) // SQLITE_BUSY, SQLITE_LOCKED
}

/// What its owner can do; empty when SQLite's own words say it.
fn advice(name: &impl Display, error: &sqlx::Error) -> String {
    match code(error) {
        Some(5 | 6) => ", because another program keeps it locked: end that program".into(),
        Some(8) => {
            format!(", which may only be read: make it, its folder, {name}-wal and {name}-shm writable")
        }
        Some(11 | 26) => format!(
            ", which is damaged, or no SQLite database: put back a copy, or move it away together with {name}-wal \
             and {name}-shm, to begin anew"
        ),
        // SQLite says so of a full disk, too, when the index of its log finds no room
        Some(10) => {
            ", because the disk is full or does not work: make room, or look into the kernel's log".into()
        }
        Some(13) => ", because the disk is full: make room".into(),
        Some(14) => ", which this user cannot make, read or write".into(),
        _ => String::new(),
    }
}

/// SQLite's primary result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    let sqlx::Error::Database(error) = error else { return None };
    error.code()?.parse::<i32>().ok().map(|code| code & 0xff)
}
