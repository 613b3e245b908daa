//! A pipe that carries nothing: a task lives as long as we hold our end.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use child::Entrance;
use nix::fcntl::OFlag;
use nix::libc;
use nix::unistd::pipe2;

/// Our end; the task ends when this is dropped, or the kernel drops it for us.
pub(crate) struct Lifeline(#[expect(dead_code, reason = "it is held, never written to")] OwnedFd);

/// Makes the pipe, and what puts its other end in the place of a new process's standard input.
pub(crate) fn lifeline() -> io::Result<(Lifeline, Entrance)> {
    let (theirs, ours) = pipe2(OFlag::O_CLOEXEC)?;
    let step = move || {
        // SAFETY: a plain system call on numbers; both descriptors are open in a new process.
        match unsafe { libc::dup2(theirs.as_raw_fd(), 0) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: the step makes one system call.
    Ok((Lifeline(ours), unsafe { Entrance::new(step) }))
}
