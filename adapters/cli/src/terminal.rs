//! Lines for whoever listens; nobody listening is no reason to stop.

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes a line to stderr, where everything but results goes.
///
/// A terminal that was closed, or a pipe nobody reads, must not decide what becomes of a build.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Writes foreign text so that a line stays one line, and a terminal does not obey it.
pub fn visible(text: &str) -> String {
    let sign = |sign: char| if sign.is_control() { sign.escape_debug().collect() } else { vec![sign] };
    text.chars().flat_map(sign).collect()
}

/// Whether a line of the result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Tells whether a part of the result is lost, because stdout cannot be written.
pub(crate) fn result_is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes a line of the result to stdout, and says on stderr when that cannot be done.
pub fn result(line: impl Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}")
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        LOST.store(true, Ordering::Relaxed);
        say(format_args!("img: cannot write the result: {error}"));
    }
}

/// Writes bytes of the result to stdout as they are, and says on stderr when that cannot be done.
pub fn result_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(bytes).and_then(|()| out.flush())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        LOST.store(true, Ordering::Relaxed);
        say(format_args!("img: cannot write the result: {error}"));
    }
}
