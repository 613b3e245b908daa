//! Folders for downloaded packages, each of one run at a time.
//!
//! No two runs of dnf, or of mic, may work with one cache. So each has one of a few slots to itself; the lock is a flock,
//! which ends with the process, however that ends.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use child::{ChildError, Place};
use nix::fcntl::{Flock, FlockArg};

/// So many runs at one time have a cache that is kept.
pub const SLOTS: usize = 16;
/// A slot that holds more bytes than this is begun anew.
const LARGEST: u64 = 8 << 30;

/// A folder of the cache that is ours until this is dropped.
#[derive(Debug)]
pub struct Slot {
    /// Which one it is, below [`SLOTS`].
    pub number: usize,
    /// Where packages are kept.
    pub folder: PathBuf,
    _lock: Lock,
}

/// What keeps others from a slot until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held")] Flock<File>);

/// Takes a free slot below `cache`, whose folder tasks at `place` may fill; `None` when all are taken or the cache cannot be
/// written.
pub async fn take(cache: &Path, place: &dyn Place) -> Result<Option<Slot>, ChildError> {
    let Ok(cache) = std::path::absolute(cache) else { return Ok(None) };
    let free = (0..SLOTS).find_map(|number| Some((number, lock(&cache, number).ok()?)));
    let Some((number, lock)) = free else { return Ok(None) };
    let folder = cache.join(format!("slot-{number}"));
    if size(&folder) > LARGEST {
        place.remove(&folder).await?;
    }
    // An empty one may be no run's yet: whoever made it may have been killed before its users were given it.
    let _ = fs::remove_dir(&folder);
    if !folder.exists() {
        place.make_folder(&folder).await?;
    }
    Ok(Some(Slot { number, folder, _lock: lock }))
}

/// Locks a slot without its folder, making the cache when it is not there; an error when somebody holds it, too.
pub fn lock(cache: &Path, number: usize) -> io::Result<Lock> {
    fs::create_dir_all(cache)?;
    let file = File::create(cache.join(format!("slot-{number}.lock")))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map(Lock).map_err(|(_, errno)| errno.into())
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

#[cfg(test)]
mod tests {
    use super::*;
    use child::BareHost;

    #[tokio::test]
    async fn each_run_has_a_slot_and_the_next_one_finds_what_it_kept() {
        let temp = tempfile::tempdir().unwrap();
        let cache = temp.path().join("cache");

        let first = take(&cache, &BareHost).await.unwrap().unwrap();
        fs::write(first.folder.join("package"), "x").unwrap();
        let second = take(&cache, &BareHost).await.unwrap().unwrap();
        assert_ne!(first.folder, second.folder);
        assert!(lock(&cache, first.number).is_err(), "it is held");
        drop(first);

        let third = take(&cache, &BareHost).await.unwrap().unwrap();
        assert!(third.folder.join("package").exists());
        drop((second, third));
    }

    #[tokio::test]
    async fn a_cache_that_cannot_be_written_and_one_that_is_taken_are_no_slot() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("file"), "").unwrap();
        assert!(take(&temp.path().join("file/cache"), &BareHost).await.unwrap().is_none());

        let held: Vec<_> = (0..SLOTS).map(|number| lock(temp.path(), number).unwrap()).collect();
        assert!(take(temp.path(), &BareHost).await.unwrap().is_none());
        drop(held);
    }
}
