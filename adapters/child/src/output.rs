//! What a program prints: into the log, to the caller line by line, and the end of it kept.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

/// So much of standard error is kept for an error message.
const TAIL: usize = 1024;
/// A line longer than this is cut into several.
const LONGEST_LINE: usize = 8192;

/// Reads a stream to its end, giving its lines to `line`; a carriage return ends a line too.
pub(crate) async fn lines(mut stream: impl AsyncRead + Unpin, mut line: impl FnMut(&str)) {
    let mut pending = Vec::new();
    let mut buffer = [0; 8192];
    // A stream that breaks has ended: what the program says by its exit status counts.
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        for &byte in &buffer[..read] {
            if byte == b'\n' || byte == b'\r' || pending.len() >= LONGEST_LINE {
                emit(&mut pending, &mut line);
            }
            if byte != b'\n' && byte != b'\r' {
                pending.push(byte);
            }
        }
    }
    emit(&mut pending, &mut line);
}

fn emit(pending: &mut Vec<u8>, line: &mut impl FnMut(&str)) {
    if !pending.is_empty() {
        line(&String::from_utf8_lossy(pending));
        pending.clear();
    }
}

/// Reads a stream to its end and returns at most `limit` bytes of its beginning.
pub(crate) async fn bytes(mut stream: impl AsyncRead + Unpin, limit: usize) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let room = limit.saturating_sub(kept.len());
        kept.extend_from_slice(&buffer[..read.min(room)]);
    }
    kept
}

/// The last lines of a stream, up to a KiB.
#[derive(Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
    size: usize,
}

impl Tail {
    pub(crate) fn push(&mut self, line: &str) {
        let mut line = line.to_owned();
        if line.len() > TAIL {
            line.truncate((0..=TAIL).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0));
        }
        self.size += line.len() + 1;
        self.lines.push_back(line);
        while self.size > TAIL + 1 && self.lines.len() > 1 {
            self.size -= self.lines.pop_front().map_or(0, |line| line.len() + 1);
        }
    }

    pub(crate) fn into_text(self) -> String {
        Vec::from(self.lines).join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_end_at_newlines_and_carriage_returns() {
        let mut seen = Vec::new();

        lines(&b"one\ntwo\r\n\n 50%\r100%\nlast \xff"[..], |line| seen.push(line.to_owned())).await;

        assert_eq!(seen, ["one", "two", " 50%", "100%", "last \u{fffd}"]);
    }

    #[tokio::test]
    async fn an_endless_line_is_cut() {
        let mut seen = Vec::new();

        lines(&vec![b'x'; LONGEST_LINE * 2 + 1][..], |line| seen.push(line.len())).await;

        assert_eq!(seen, [LONGEST_LINE, LONGEST_LINE, 1]);
    }

    #[test]
    fn the_tail_is_the_last_kib_in_whole_lines() {
        let mut tail = Tail::default();
        for number in 0..1000 {
            tail.push(&format!("line {number}"));
        }

        let text = tail.into_text();

        assert!(text.len() <= TAIL && text.starts_with("line ") && text.ends_with("line 999"), "{text}");
    }
}
