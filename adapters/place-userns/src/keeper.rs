//! The process that stays outside while a task runs, and whose death ends the task.
//!
//! bwrap makes a process namespace as well, but ties it to its own life late: killed while it makes its mounts, it leaves
//! a process that goes on and starts the program. So bwrap is the first process of one more namespace, made here, and
//! when that one dies the kernel ends everything inside, wherever it is on its way.

use std::io;
use std::os::fd::AsRawFd;

use nix::fcntl::OFlag;
use nix::libc;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, pipe2, read, write};

/// Goes on in a new process namespace, in a new process; the calling one stays behind and ends like it.
///
/// Makes system calls only, and must be called in a process with one thread.
pub(crate) fn stay_behind() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWPID)?;
    let (ready_in, ready_out) = pipe2(OFlag::O_CLOEXEC)?;
    let (go_in, go_out) = pipe2(OFlag::O_CLOEXEC)?;
    // SAFETY: there is one thread, and both sides make system calls only.
    match unsafe { fork() }? {
        ForkResult::Child => {
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            show_own_processes();
            // A parent in another namespace has no number here that would tell whether it lives. Whoever answers after
            // the call above was alive then, and takes this process along from now on.
            drop(go_out);
            write(&ready_out, &[0])?;
            match read(&go_in, &mut [0])? {
                1 => Ok(()),
                _ => Err(io::Error::from_raw_os_error(libc::ECHILD)),
            }
        }
        ForkResult::Parent { child } => {
            drop(ready_out);
            let ready = read(&ready_in, &mut [0]);
            if ready == Ok(1) {
                let _ = write(&go_out, &[0]); // it may be dead, which waiting for it tells
            }
            close_all(go_out.as_raw_fd());
            end_like(child)
        }
    }
}

/// Mounts a /proc that has the numbers of this namespace: bwrap looks its child up there. Where that is forbidden, bwrap says so.
fn show_own_processes() {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    if unshare(CloneFlags::CLONE_NEWNS).is_ok() {
        let _ = mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>);
    }
}

/// Closes every file: whoever waits for the end of a pipe waits for the program, not for this process.
fn close_all(highest: i32) {
    // SAFETY: plain system calls on numbers; nothing here uses a file afterwards.
    unsafe {
        if libc::syscall(libc::SYS_close_range, 0u32, u32::MAX, 0u32) != 0 {
            // A kernel before 5.9. New files get the lowest free number, and none was made since.
            for number in 0..=highest.max(1024) {
                libc::close(number);
            }
        }
    }
}

fn end_like(child: Pid) -> ! {
    let code = loop {
        match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, code)) => break code,
            Ok(WaitStatus::Signaled(_, signal, _)) => break 128 + signal as i32,
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(_) => break 255,
        }
    };
    // SAFETY: it ends this process at once, without the exit handlers of the program it is a copy of.
    unsafe { libc::_exit(code) }
}
