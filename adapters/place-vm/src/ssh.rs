//! The way into a machine: the system's ssh.

use std::ffi::OsString;
use std::path::Path;

use child::{ChildError, Ended, Listen, Status, Task};
use qemu::SSH_FAILED;

use crate::words::line;

/// Who does tasks there.
const USER: &str = "root";

/// Runs a task in the guest.
pub(crate) async fn run(
    port: u16,
    key: &Path,
    task: &Task,
    listen: &Listen<'_>,
) -> Result<Ended, ChildError> {
    // what a task may take of its machine it may take of the guest, which has no more
    let (rlimits, env) = (child::Rlimits::default(), Task::new([""; 0]).env);
    let argv = qemu::ssh(key, port, USER, line(task));
    child::run(&Task { argv, env, rlimits, pen: None, cwd: "/".into(), ..task.clone() }, listen).await
}

/// Runs a line of ours in the guest.
pub(crate) async fn say(
    port: u16,
    key: &Path,
    line: OsString,
    listen: &Listen<'_>,
) -> Result<Ended, ChildError> {
    child::run(&Task::new(qemu::ssh(key, port, USER, line)), listen).await
}

/// Tells whether ssh itself failed.
pub(crate) fn broke(ended: &Ended) -> bool {
    let words = ["Connection ", "kex_exchange", "client_loop", "Timeout, server", "ssh: "];
    ended.status == Status::Exited(SSH_FAILED)
        && ended.tail.lines().last().is_some_and(|last| words.iter().any(|word| last.starts_with(word)))
}
