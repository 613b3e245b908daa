//! Which lines of several files include others, read one after the other.

use crate::items::{include_in_section, name_of};
use crate::lines::{Line, head};

/// Whether the next line stands in a section.
#[derive(Default)]
pub(super) struct Inside(bool);

impl Inside {
    /// Takes note of a line, and returns what it starts with when it includes a file.
    ///
    /// Quotes make no difference to a command's name; in a section a line is what it is.
    pub(super) fn includes(&mut self, line: &Line<'_>) -> Option<String> {
        if self.0 {
            self.0 = head(line.text) != "%end";
            return include_in_section(line).map(str::to_owned);
        }
        match &*name_of(line) {
            name @ ("%include" | "%ksappend") => return Some(name.to_owned()),
            name => self.0 = name.starts_with('%') && name != "%end",
        }
        None
    }
}
