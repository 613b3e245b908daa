//! What happens in a new process between its birth and its program.

use std::fmt;
use std::io;

type Step = Box<dyn FnMut() -> io::Result<()> + Send + Sync>;

/// Steps a [`crate::Place`] takes in the new process before the program starts.
///
/// The process dies with ours before the steps begin; steps that change its user, or go on in another process, see to
/// it that it stays so ([`crate::die_with`]).
pub struct Entrance(Step);

impl Entrance {
    /// Makes an entrance of `step`.
    ///
    /// # Safety
    ///
    /// `step` runs in a copy of this process that has one thread only, so it must not allocate, take a lock, or do
    /// anything else that is not async-signal-safe.
    pub unsafe fn new(step: impl FnMut() -> io::Result<()> + Send + Sync + 'static) -> Entrance {
        Entrance(Box::new(step))
    }

    pub(crate) fn into_step(self) -> Step {
        self.0
    }
}

impl fmt::Debug for Entrance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Entrance")
    }
}
