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
    let failed: &sqlx::Error = failed.downcast_ref()?;
    let code = failed.as_database_error()?.code()?;
    match code.len() {
        5 => (code == "53100").then_some(true), // PostgreSQL, whose codes have five signs: disk_full
        _ => sqlite_file::is_full(failed),
    }
}
