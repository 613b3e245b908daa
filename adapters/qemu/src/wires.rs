//! Pairs of sockets of which qemu inherits one end.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;

use child::Entrance;
use nix::libc;
use tokio::net::UnixStream;

/// Our ends, and what hands the others to the new process.
pub(crate) struct Wires {
    pub(crate) console: UnixStream,
    pub(crate) qmp: UnixStream,
    /// The numbers of the other ends, which are the same in the new process.
    pub(crate) numbers: (i32, i32),
    pub(crate) entrance: Entrance,
}

pub(crate) fn wires() -> io::Result<Wires> {
    let ((console, their_console), (qmp, their_qmp)) = (pair()?, pair()?);
    let numbers = (their_console.as_raw_fd(), their_qmp.as_raw_fd());
    let theirs = [their_console, their_qmp];
    let step = move || {
        for end in &theirs {
            // SAFETY: a plain system call on numbers, of which the descriptor is open in a new process.
            if unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFD, 0) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(())
    };
    // SAFETY: the step makes two system calls. Our copies of their ends close with it, once the process is there.
    Ok(Wires { console, qmp, numbers, entrance: unsafe { Entrance::new(step) } })
}

fn pair() -> io::Result<(UnixStream, OwnedFd)> {
    let (ours, theirs) = StdStream::pair()?;
    ours.set_nonblocking(true)?;
    Ok((UnixStream::from_std(ours)?, theirs.into()))
}
