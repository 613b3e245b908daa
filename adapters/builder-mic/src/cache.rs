//! Folders for downloaded packages, each of one run at a time, and what dead runs left.
//!
//! mic must not run twice with one cache. So each run has one of a few slots to itself; the lock is a flock, which ends
//! with the process, however that ends. Beside its slot a run notes the folders it works in: whoever finds the note and
//! the slot free knows that the run is dead, and clears up after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use child::Place;
use imaging::BuilderError;
use nix::fcntl::{Flock, FlockArg};

use crate::halt::Halt;
use crate::leftovers;

/// So many runs may have a cache that is kept.
const SLOTS: usize = 16;
/// A slot that holds more bytes than this is begun anew.
const LARGEST: u64 = 8 << 30;

/// A slot that is ours until this is dropped.
pub(crate) struct Slot {
    pub(crate) folder: PathBuf,
    note: PathBuf,
    _lock: Flock<File>,
}

impl Slot {
    /// Says that no folder of this run is left.
    pub(crate) fn done(self) {
        let _ = fs::remove_file(&self.note); // a note too many costs the next run a look
    }
}

/// Takes a free slot below `cache` for a run that works in `folders`, and clears up after dead ones; `None` when all are
/// taken.
pub(crate) async fn take(cache: &Path, folders: &[PathBuf], place: &dyn Place) -> Result<Option<Slot>, Halt> {
    make(cache)?;
    clear_up(cache, place).await?;
    let Some((number, lock)) = (0..SLOTS).find_map(|number| Some((number, lock(cache, number)?))) else {
        return Ok(None);
    };
    let folder = cache.join(format!("slot-{number}"));
    if size(&folder) > LARGEST {
        place.remove(&folder).await?;
    }
    if !folder.exists() {
        place.make_folder(&folder).await?;
    }
    let note = note(cache, number);
    let lines: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
    fs::write(&note, lines.join("\n")).map_err(Halt::broken(format!("write {}", note.display())))?;
    Ok(Some(Slot { folder, note, _lock: lock }))
}

/// Frees the loop devices of runs that are dead, and removes their folders.
async fn clear_up(cache: &Path, place: &dyn Place) -> Result<(), Halt> {
    for number in 0..SLOTS {
        let note = note(cache, number);
        if !note.exists() {
            continue;
        }
        let Some(_lock) = lock(cache, number) else { continue };
        // it may have ended well meanwhile
        let Ok(text) = fs::read_to_string(&note) else { continue };
        let folders: Vec<_> = text.lines().filter(|line| line.starts_with('/')).map(PathBuf::from).collect();
        leftovers::sweep(place, &folders).await?;
        for folder in &folders {
            place.remove(folder).await?;
        }
        let _ = fs::remove_file(&note);
    }
    Ok(())
}

fn make(cache: &Path) -> Result<(), Halt> {
    fs::create_dir_all(cache).and_then(|()| File::create(cache.join("slot-0.lock"))).map(|_| ()).map_err(
        |error| match error.kind() {
            io::ErrorKind::PermissionDenied => Halt::Failed(format!(
                "this user may not write into mic's cache {0}: sudo chown {1} {0}",
                cache.display(),
                nix::unistd::geteuid(),
            )),
            _ => Halt::Broken(BuilderError::new(format!("make mic's cache {}", cache.display()), error)),
        },
    )
}

fn note(cache: &Path, number: usize) -> PathBuf {
    cache.join(format!("slot-{number}.run"))
}

fn lock(cache: &Path, number: usize) -> Option<Flock<File>> {
    let file = File::create(cache.join(format!("slot-{number}.lock"))).ok()?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).ok()
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
