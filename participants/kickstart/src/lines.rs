//! Lines of a text with their numbers and byte ranges; only `\n` ends a line.

use std::ops::Range;

/// One line, its ending included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// The text with its line ending.
    pub(crate) text: &'a str,
    /// Counted from 1.
    pub(crate) number: usize,
    /// Where the line starts in the whole text.
    pub(crate) start: usize,
}

impl<'a> Line<'a> {
    /// Returns the text without `\n` or `\r\n`.
    pub(crate) fn content(&self) -> &'a str {
        without_ending(self.text)
    }

    /// Returns the byte range of the line, its ending included.
    pub(crate) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Returns the lines of `text`, numbered from `number`, at `start` of a larger text.
pub(crate) fn lines(text: &str, number: usize, start: usize) -> impl Iterator<Item = Line<'_>> {
    let mut at = start;
    text.split_inclusive('\n').enumerate().map(move |(index, text)| {
        let line = Line { text, number: number + index, start: at };
        at += text.len();
        line
    })
}

/// Returns `line` without its ending.
pub(crate) fn without_ending(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// Returns the ending of `line`, when it has one.
pub(crate) fn ending(line: &str) -> Option<&'static str> {
    if line.ends_with("\r\n") {
        Some("\r\n")
    } else if line.ends_with('\n') {
        Some("\n")
    } else {
        None
    }
}
