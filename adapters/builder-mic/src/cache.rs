//! Packages mic has downloaded, kept from run to run, and what dead runs left.
//!
//! Beside its slot of the cache a run notes the folders it works in: whoever finds the note and the slot free knows that the
//! run is dead, and clears up after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use child::Place;
use imaging::BuilderError;

use crate::halt::Halt;
use crate::leftovers;

/// A slot that is ours until this is dropped.
pub(crate) struct Slot {
    /// Where packages are kept.
    pub(crate) folder: PathBuf,
    note: PathBuf,
    _slot: package_cache::Slot,
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
    let Some(slot) = package_cache::take(cache, place).await? else { return Ok(None) };
    let note = note(cache, slot.number);
    let lines: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
    fs::write(&note, lines.join("\n")).map_err(Halt::broken(format!("write {}", note.display())))?;
    Ok(Some(Slot { folder: slot.folder.clone(), note, _slot: slot }))
}

/// Frees the loop devices of runs that are dead, and removes their folders.
async fn clear_up(cache: &Path, place: &dyn Place) -> Result<(), Halt> {
    for number in 0..package_cache::SLOTS {
        let note = note(cache, number);
        if !note.exists() {
            continue;
        }
        let Ok(_lock) = package_cache::lock(cache, number) else { continue };
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
