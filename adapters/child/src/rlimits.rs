//! What each process of a task may take by itself.

use std::io;

use nix::libc;

/// Limits the kernel keeps for each process; none where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rlimits {
    /// The largest file it may write, in bytes; what it writes beyond ends it.
    pub file: Option<u64>,
    /// The most processes and threads its user may have where it runs.
    pub processes: Option<u64>,
}

impl Rlimits {
    /// Gives this process, and all it starts, the limits; makes system calls only.
    pub(crate) fn take(self) -> io::Result<()> {
        for (what, most) in [(libc::RLIMIT_FSIZE, self.file), (libc::RLIMIT_NPROC, self.processes)] {
            let Some(most) = most else { continue };
            // SAFETY: plain system calls on memory of this function.
            unsafe {
                let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
                if libc::getrlimit(what, &raw mut limit) != 0 {
                    return Err(io::Error::last_os_error());
                }
                // one who was given less keeps that
                limit.rlim_max = limit.rlim_max.min(most);
                limit.rlim_cur = limit.rlim_cur.min(most);
                if libc::setrlimit(what, &raw const limit) != 0 {
                    return Err(io::Error::last_os_error());
                }
            }
        }
        Ok(())
    }
}
