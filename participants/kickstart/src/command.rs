//! One command line, such as `part / --size=400`.

use std::ops::Range;

use crate::arguments::Arguments;
use crate::lines::Line;
use crate::table::{self, Row};
use crate::words::{self, Fault, Word};

/// A command line or the opening line of a section, split into words.
#[derive(Clone, Debug, PartialEq)]
pub struct Command<'a> {
    /// The words, the command's own name first; empty when the first word already has a [`Fault`].
    pub words: Vec<Word<'a>>,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// Where the line is in the file, its ending included.
    pub span: Range<usize>,
    /// What stopped the splitting, when something did.
    pub fault: Option<Fault>,
}

impl<'a> Command<'a> {
    pub(crate) fn of(line: &Line<'a>) -> Command<'a> {
        let (words, fault) = words::split(line.content(), line.start);
        Command { words, line: line.number, span: line.span(), fault }
    }

    /// Returns the command's name as written, or `""` when it has a fault before that.
    pub fn name(&self) -> &str {
        self.words.first().map_or("", |word| word.text.as_ref())
    }

    /// Returns the words after the name.
    pub fn operands(&self) -> &[Word<'a>] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Returns the row of the table that describes this command.
    pub fn row(&self) -> Option<&'static Row> {
        table::command(self.name())
    }

    /// Returns the options and other arguments, read as the table says.
    pub fn arguments(&self) -> Arguments<'a> {
        match self.row() {
            Some(row) => Arguments::read(self.operands(), row),
            None => Arguments::read(self.operands(), &table::UNKNOWN),
        }
    }
}
