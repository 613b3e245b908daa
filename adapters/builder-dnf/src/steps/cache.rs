//! Downloaded packages, kept from build to build.
//!
//! Each build has one of a few slots to itself while it downloads, so dnf's own locks, which know processes only by
//! numbers of their namespace, are never needed. The lock is a flock: it ends with the process, however that ends.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use child::Place;
use nix::fcntl::{Flock, FlockArg};

use crate::halt::Halt;

/// So many builds may download at one time with a cache kept.
const SLOTS: usize = 16;

/// A slot that holds more bytes than this is begun anew.
const LARGEST: u64 = 8 << 30;

/// A folder of the cache that is ours until this is dropped.
pub(crate) struct Slot {
    pub(crate) folder: PathBuf,
    _lock: Flock<File>,
}

/// Takes a free slot below `cache`; `None` when all are taken or the cache cannot be written.
pub(crate) async fn take(cache: &Path, place: &dyn Place) -> Result<Option<Slot>, Halt> {
    let Ok(cache) = std::path::absolute(cache) else { return Ok(None) };
    let Some((folder, lock)) = (0..SLOTS).find_map(|number| lock(&cache, number).ok()) else {
        return Ok(None);
    };
    if size(&folder) > LARGEST {
        place.remove(&folder).await?;
    }
    // An empty one may be no build's yet: whoever made it may have been killed before its users were given it.
    let _ = fs::remove_dir(&folder);
    if !folder.exists() {
        place.make_folder(&folder).await?;
    }
    // A dnf that was killed leaves locks that name a process by the number the next one has, too.
    for lock in fs::read_dir(&folder).into_iter().flatten().flatten() {
        if lock.path().extension().is_some_and(|kind| kind == "pid") {
            let _ = fs::remove_file(lock.path()); // then dnf says what is wrong
        }
    }
    Ok(Some(Slot { folder, _lock: lock }))
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn lock(cache: &Path, number: usize) -> io::Result<(PathBuf, Flock<File>)> {
    fs::create_dir_all(cache)?;
    let file = File::create(cache.join(format!("slot-{number}.lock")))?;
    let lock =
        Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| io::Error::from(errno))?;
    Ok((cache.join(format!("slot-{number}")), lock))
}
