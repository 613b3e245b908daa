//! Downloaded packages, kept from build to build.
//!
//! Each build has a slot of the cache to itself while it downloads, so dnf's own locks, which know processes only by
//! numbers of their namespace, are never needed.

use std::fs;
use std::path::Path;

use child::Place;
use package_cache::Slot;

use crate::halt::Halt;

/// Takes a free slot below `cache`; `None` when all are taken or the cache cannot be written.
pub(crate) async fn take(cache: &Path, place: &dyn Place) -> Result<Option<Slot>, Halt> {
    let Some(slot) = package_cache::take(cache, place).await? else { return Ok(None) };
    // A dnf that was killed leaves locks that name a process by the number the next one has, too.
    for lock in fs::read_dir(&slot.folder).into_iter().flatten().flatten() {
        if lock.path().extension().is_some_and(|kind| kind == "pid") {
            let _ = fs::remove_file(lock.path()); // then dnf says what is wrong
        }
    }
    Ok(Some(slot))
}
