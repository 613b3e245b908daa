//! Lines for whoever listens; nobody listening is no reason to stop.

use std::fmt::Display;
use std::io::Write;

/// Writes a line to stderr, where everything but results goes.
///
/// A terminal that was closed, or a pipe nobody reads, must not decide what becomes of a build.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Writes a line of the result to stdout, and says on stderr when that cannot be done.
pub(crate) fn result(line: impl Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}")
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        say(format_args!("img: cannot write the result: {error}"));
    }
}
