//! Whether there is room for a build, on the disk and in memory.

use super::Workshop;
use crate::halt::Halt;
use crate::room;

/// A folder in memory that has fewer bytes left than this is full.
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
        let left = self.memory.get().and_then(|(memory, _)| room::free(memory.path()));
        left.is_some_and(|left| left < FULL)
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
        Halt::Failed(room::none(needed, self.allowed.limits, room::free(folder), folder))
    }

    /// Refuses a build that needs so many bytes where there are not enough.
    pub(crate) fn check_room(&self, needed: u64) -> Result<(), Halt> {
        let folder = &self.request.folder;
        room::check(needed, self.allowed.limits, room::free(folder), folder).map_err(Halt::Failed)
    }
}
