//! Whether there is room for a build, on the disk and in memory.

use std::path::Path;

use super::Workshop;
use crate::halt::Halt;
use crate::room;

/// A folder that has fewer bytes left than this is full.
const FULL: u64 = 8 << 20;

impl Workshop<'_> {
    /// Returns why a build ended: where the memory it had is full, that is the reason.
    pub(crate) fn crowded(&self, halt: Halt) -> Halt {
        match halt {
            Halt::Failed(_) | Halt::Broken(_) if self.is_crowded() => Halt::Crowded,
            halt => halt,
        }
    }

    /// Tells whether the memory everything is in is full.
    pub(crate) fn is_crowded(&self) -> bool {
        self.memory.get().is_some_and(|(memory, _)| {
            room::free(memory.path()).is_some_and(|left| left < FULL) || room::has_few_files(memory.path())
        })
    }

    /// Says of what broke for want of room that the disk is full.
    pub(crate) fn explained(&self, halt: Halt) -> Halt {
        if halt.is_for_want_of_room() { self.full(None) } else { halt }
    }

    /// Says that the disk is full.
    pub(crate) fn full(&self, needed: Option<u64>) -> Halt {
        if self.is_in_memory() {
            self.note("the files do not fit into memory: once more, on the disk");
            return Halt::Crowded;
        }
        self.disk_is_full(needed)
    }

    /// Says that the disk is full, not what is in memory.
    pub(crate) fn disk_is_full(&self, needed: Option<u64>) -> Halt {
        let folder = &self.request.folder;
        let why = room::no_files(folder);
        Halt::Failed(why.unwrap_or_else(|| room::none(needed, self.limits(), room::free(folder), folder)))
    }

    /// Says that the disk is full: the one with the downloaded packages, when that is another one and has no room.
    pub(crate) fn full_or_cache(&self, needed: Option<u64>, cache: &Path) -> Halt {
        let of_cache = || {
            let free = room::free(cache)?;
            let full = (free < FULL).then(|| room::none(None, self.limits(), None, cache));
            let why = room::no_files(cache).or(full)?;
            (room::free(&self.request.folder)? != free).then_some(Halt::Failed(why))
        };
        of_cache().unwrap_or_else(|| self.full(needed))
    }

    /// Refuses a build that needs so many bytes where there are not enough.
    pub(crate) fn check_room(&self, needed: u64) -> Result<(), Halt> {
        let folder = &self.request.folder;
        room::check(needed, self.allowed.limits, room::free(folder), folder).map_err(Halt::Failed)
    }
}
