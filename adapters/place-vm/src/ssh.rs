//! The way into a machine: the system's ssh.

use std::ffi::OsString;
use std::path::Path;

use child::{ChildError, Ended, Listen, Status, Task};

use crate::words::line;

/// How ssh is called.
///
/// The key of the host is not looked at. It would say nothing here: the machine is made from an image that knows no secret of
/// ours, and its port is one of this machine's loopback that our own qemu holds as long as the machine is there.
const OPTIONS: &str = "-F none -T -x -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null \
    -o LogLevel=ERROR -o ServerAliveInterval=15 -o ServerAliveCountMax=8";
/// By this ssh says that it was not the program that failed.
const NO_WAY: i32 = 255;

/// Runs a task in the guest.
pub(crate) async fn run(
    port: u16,
    key: &Path,
    task: &Task,
    listen: &Listen<'_>,
) -> Result<Ended, ChildError> {
    // what a task may take of its machine it may take of the guest, which has no more
    let (rlimits, env) = (child::Rlimits::default(), Task::new([""; 0]).env);
    let argv = argv(port, key, line(task));
    child::run(&Task { argv, env, rlimits, pen: None, cwd: "/".into(), ..task.clone() }, listen).await
}

/// Runs a line of ours in the guest.
pub(crate) async fn say(
    port: u16,
    key: &Path,
    line: OsString,
    listen: &Listen<'_>,
) -> Result<Ended, ChildError> {
    child::run(&Task::new(argv(port, key, line)), listen).await
}

fn argv(port: u16, key: &Path, line: OsString) -> Vec<OsString> {
    let mut argv: Vec<OsString> = vec!["ssh".into()];
    argv.extend(OPTIONS.split_whitespace().map(Into::into));
    argv.extend(["-p".into(), port.to_string().into(), "-i".into(), key.into()]);
    argv.extend(["root@127.0.0.1".into(), "--".into(), line]);
    argv
}

/// Tells whether the guest does not know the key.
pub(crate) fn refused(ended: &Ended) -> bool {
    ended.status == Status::Exited(NO_WAY) && ended.tail.contains("Permission denied")
}

/// Tells whether ssh itself failed.
pub(crate) fn broke(ended: &Ended) -> bool {
    let words = ["Connection ", "kex_exchange", "client_loop", "Timeout, server", "ssh: "];
    ended.status == Status::Exited(NO_WAY)
        && ended.tail.lines().last().is_some_and(|last| words.iter().any(|word| last.starts_with(word)))
}
