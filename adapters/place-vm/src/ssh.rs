//! The way into a machine: the system's ssh.

use std::ffi::OsString;

use child::{ChildError, Ended, Listen, Status, Task};
use qemu::{SSH_FAILED, Way};

use crate::words::line;

/// Who does tasks there.
pub(crate) const USER: &str = "root";

/// Runs a task in the guest.
pub(crate) async fn run(way: Way<'_>, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
    // what a task may take of its machine it may take of the guest, which has no more
    let (rlimits, env) = (child::Rlimits::default(), Task::new([""; 0]).env);
    let argv = qemu::ssh(way, line(task));
    child::run(&Task { argv, env, rlimits, pen: None, cwd: "/".into(), ..task.clone() }, listen).await
}

/// Runs a line of ours in the guest.
pub(crate) async fn say(way: Way<'_>, line: OsString, listen: &Listen<'_>) -> Result<Ended, ChildError> {
    child::run(&Task::new(qemu::ssh(way, line)), listen).await
}

/// Tells whether it may be ssh itself that failed.
pub(crate) fn may_have_broken(ended: &Ended) -> bool {
    ended.status == Status::Exited(SSH_FAILED)
}

/// Tells whether ssh says so.
pub(crate) fn broke(ended: &Ended) -> bool {
    let words = ["Connection ", "kex_exchange", "client_loop", "Timeout, server", "ssh: "];
    may_have_broken(ended)
        && ended.tail.lines().last().is_some_and(|last| words.iter().any(|word| last.starts_with(word)))
}
