//! How much of the machine a task may take from others.

use std::io;

use nix::libc;

/// A task's place in the queues for processor and disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Priority {
    /// Steps it stands back from the processor, 0 to 19, as `nice` counts.
    pub nice: u8,
    /// Whether it reads and writes disks only while nobody else does, as `ionice --class idle`; not every disk's
    /// scheduler heeds it.
    pub idle_io: bool,
}

impl Priority {
    /// Gives this process, and all it starts, the priority; makes system calls only.
    pub(crate) fn take(self) -> io::Result<()> {
        if self.nice > 0 {
            // SAFETY: a plain system call on numbers; it adds to the niceness there is, and stops at 19.
            unsafe {
                *libc::__errno_location() = 0;
                if libc::nice(i32::from(self.nice)) == -1 && *libc::__errno_location() != 0 {
                    return Err(io::Error::last_os_error());
                }
            }
        }
        if self.idle_io {
            let (this_process, idle) = (1, 3 << 13); // IOPRIO_WHO_PROCESS, IOPRIO_CLASS_IDLE without data
            // SAFETY: a plain system call on numbers.
            if unsafe { libc::syscall(libc::SYS_ioprio_set, this_process, 0, idle) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(())
    }
}
