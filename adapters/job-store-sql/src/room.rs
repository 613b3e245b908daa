//! Whether a statement failed because the disk is full.

use imaging::NoRoom;

use crate::pool::Failed;

/// Says so in words of the job store, where it is the reason; else returns what failed.
pub(crate) fn told(failed: Failed, place: &str) -> Failed {
    match certainty(&failed) {
        Some(is_certain) => NoRoom { place: place.to_owned(), is_certain, source: failed }.into(),
        None => failed,
    }
}

/// Returns whether a full disk is the only reason there can be; `None` when it is no reason.
fn certainty(failed: &Failed) -> Option<bool> {
    let sqlx::Error::Database(error) = failed.downcast_ref()? else { return None };
    let code = error.code()?;
    if code == "53100" {
        return Some(true); // PostgreSQL: disk_full
    }
    // PostgreSQL's codes have five signs, SQLite's are numbers whose last byte is the primary one
    let number = code.parse::<u32>().ok().filter(|_| code.len() < 5)?;
    match number & 0xff {
        13 => Some(true),
        // SQLite says so of a full disk, too, when the index of its log finds no room
        10 => Some(false),
        _ => None,
    }
}
