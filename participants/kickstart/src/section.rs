//! One section, such as `%packages` … `%end`.

use std::borrow::Cow;
use std::ops::Range;

use crate::arguments::Arguments;
use crate::command::Command;
use crate::lines::{Line, lines};
use crate::numbers::Numbers;
use crate::table::{self, Row};

/// A section with its opening line, its body exactly as written, and its `%end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Section<'a> {
    /// The opening line; its first word is the section's name.
    pub header: Command<'a>,
    /// Everything between the opening line and `%end`, byte for byte.
    pub body: &'a [u8],
    /// Where the body is in the file.
    pub body_span: Range<usize>,
    /// The line of `%end`, unless it is missing.
    pub end_line: Option<usize>,
    /// The first line of the body as it stands in the text.
    pub(crate) first_line: usize,
    pub(crate) numbers: &'a Numbers,
}

impl<'a> Section<'a> {
    /// Returns the section's name with its percent sign.
    pub fn name(&self) -> &str {
        self.header.name()
    }

    /// Returns the line of the opening line, counted from 1.
    pub fn line(&self) -> usize {
        self.header.line
    }

    /// Returns the row of the table that describes this section.
    pub fn row(&self) -> Option<&'static Row> {
        table::section(self.name())
    }

    /// Returns the options of the opening line.
    pub fn arguments(&self) -> Arguments<'a> {
        Arguments::read(self.header.operands(), self.row().unwrap_or(&table::UNKNOWN))
    }

    /// Returns the lines of the body without their endings, each with its line number; bytes that are no UTF-8 become
    /// U+FFFD.
    pub fn lines(&self) -> impl Iterator<Item = (usize, Cow<'a, str>)> + use<'a> {
        self.body_lines().map(|line| (line.number, line.to_text()))
    }

    pub(crate) fn body_lines(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let numbers = self.numbers;
        lines(self.body, self.first_line, self.body_span.start)
            .map(move |line| Line { number: numbers.of(line.number), ..line })
    }
}
