//! Which line of a text a byte is in.

use crate::tree::Place;

/// Where the lines of a text begin.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Lines<'a> {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { text, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    pub(super) fn place(&self, byte: usize) -> Place {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.starts.partition_point(|start| *start <= byte);
        let column = self.text[self.starts[line - 1]..byte].chars().count() + 1;
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place { line: small(line), column: small(column) }
    }

    /// What is written from here to the end of the line.
    pub(super) fn rest(&self, byte: usize) -> &'a str {
        self.text[self.text.floor_char_boundary(byte)..].lines().next().unwrap_or_default()
    }
}
