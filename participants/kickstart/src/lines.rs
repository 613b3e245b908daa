//! Lines of a text with their numbers and byte ranges; only `\n` ends a line.

use std::borrow::Cow;
use std::ops::Range;

/// One line, its ending included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// The bytes with their line ending.
    pub(crate) text: &'a [u8],
    /// Counted from 1.
    pub(crate) number: usize,
    /// Where the line starts in the whole text.
    pub(crate) start: usize,
}

impl<'a> Line<'a> {
    /// Returns the bytes without `\n` or `\r\n`.
    pub(crate) fn content(&self) -> &'a [u8] {
        without_ending(self.text)
    }

    /// Returns the content as text; bytes that are none become U+FFFD.
    pub(crate) fn to_text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.content())
    }

    /// Returns the byte range of the line, its ending included.
    pub(crate) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Returns the lines of `text`, numbered from `number`, at `start` of a larger text.
pub(crate) fn lines(text: &[u8], number: usize, start: usize) -> impl Iterator<Item = Line<'_>> {
    let mut at = start;
    text.split_inclusive(|byte| *byte == b'\n').enumerate().map(move |(index, text)| {
        let line = Line { text, number: number + index, start: at };
        at += text.len();
        line
    })
}

/// Returns `line` without its ending.
pub(crate) fn without_ending(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Returns the ending of `line`, when it has one.
pub(crate) fn ending(line: &[u8]) -> Option<&'static str> {
    if line.ends_with(b"\r\n") {
        Some("\r\n")
    } else if line.ends_with(b"\n") {
        Some("\n")
    } else {
        None
    }
}

/// Returns how many lines end in `text`.
pub(crate) fn endings(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}

/// Returns whether there is nothing but white space in `line`.
pub(crate) fn is_blank(line: &[u8]) -> bool {
    head(line).is_empty()
}

/// Returns the blanks a line starts with.
pub(crate) fn indent(line: &[u8]) -> &str {
    let end = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    std::str::from_utf8(&line[..end]).unwrap_or_default()
}

/// Returns whether the first word of a line may start with a percent sign; most lines surely do not.
pub(crate) fn may_start_section(line: &[u8]) -> bool {
    let first = line.iter().find(|byte| !is_space(byte));
    first.is_some_and(|byte| *byte == b'%' || !byte.is_ascii())
}

fn is_space(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0x0b | 0x1c..=0x1f)
}

/// Returns the first word of a line as Python's `split` does it, quotes and comments not looked at.
pub(crate) fn head(line: &[u8]) -> &str {
    let line = &line[line.iter().position(|byte| !is_space(byte)).unwrap_or(line.len())..];
    let word = &line[..line.iter().position(is_space).unwrap_or(line.len())];
    if word.is_ascii() {
        return std::str::from_utf8(word).unwrap_or_default();
    }
    match std::str::from_utf8(line) {
        Ok(line) => line.split_whitespace().next().unwrap_or_default(),
        Err(_) => {
            std::str::from_utf8(word).unwrap_or(if word.starts_with(b"%") { "%\u{fffd}" } else { "\u{fffd}" })
        }
    }
}
