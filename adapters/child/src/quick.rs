//! Small trusted tools that end at once.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Output, Stdio};

/// Runs a small trusted tool on the bare host and waits for it, blocking this thread.
///
/// For tools such as `newuidmap`, which a [`crate::Place`] calls while a task is being started; everything else is a
/// [`crate::Task`].
pub fn quick<W: AsRef<OsStr>>(argv: &[W]) -> io::Result<Output> {
    quick_with(argv, [])
}

/// Likewise, with variables of the environment besides the usual ones.
pub fn quick_with<W: AsRef<OsStr>>(
    argv: &[W],
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> io::Result<Output> {
    let (program, arguments) = argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LANG", "C.UTF-8").envs(variables);
    #[expect(clippy::disallowed_methods, reason = "the second and last place that starts processes")]
    command.output()
}
