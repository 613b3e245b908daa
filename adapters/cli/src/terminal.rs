//! Lines for whoever listens; nobody listening is no reason to stop.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
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

/// Shows a log on stdout as it comes: to a terminal without what would move it, to all else byte for byte.
#[derive(Debug)]
pub struct LogText {
    is_terminal: bool,
    /// The beginning of a line, or of a sign.
    rest: Vec<u8>,
}

impl LogText {
    /// Begins.
    pub fn on_stdout() -> LogText {
        LogText { is_terminal: std::io::stdout().is_terminal(), rest: Vec::new() }
    }

    /// Shows what came; false when nobody reads it any more.
    pub fn take(&mut self, piece: &[u8]) -> bool {
        if !self.is_terminal {
            return written(piece);
        }
        self.rest.extend_from_slice(piece);
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        // a line that does not end is shown, too
        let whole = if whole == 0 && self.rest.len() > 64 << 10 { self.rest.len() } else { whole };
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        written(harmless(&lines).as_bytes())
    }

    /// Shows the last line, which has no end.
    pub fn end(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        written(harmless(&rest).as_bytes());
    }
}

/// Writes a log so that a terminal shows it and does not obey it.
fn harmless(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    // programs that count draw over their line; here each count gets its own
    text.replace('\r', "\n")
        .split('\n')
        .map(|line| line.split('\t').map(visible).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn written(bytes: &[u8]) -> bool {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) => {
            if error.kind() != std::io::ErrorKind::BrokenPipe {
                LOST.store(true, Ordering::Relaxed);
                say(format_args!("img: cannot write the result: {error}"));
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_log_does_not_move_a_terminal() {
        let log = b"a\tb\r\n10%\r20%\n\x1b]0;title\x07\xff\n";
        assert_eq!(harmless(log), "a\tb\n10%\n20%\n\\u{1b}]0;title\\u{7}\u{fffd}\n");
    }
}
