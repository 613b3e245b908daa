//! Where a new line goes.

use crate::document::Kickstart;
use crate::lines::{ending, lines};

/// A place between two lines.
pub(super) struct Place {
    /// The byte where the new line starts.
    pub(super) at: usize,
    /// The line ending of the neighbours.
    pub(super) ending: &'static str,
    /// Whether the line before has no ending yet.
    pub(super) open: bool,
}

impl Place {
    /// Returns the place at byte `at`, where a line starts or the text ends.
    pub(super) fn at(ks: &Kickstart, at: usize) -> Place {
        let before = &ks.as_str()[..at];
        let ending = ending(before).or_else(|| ks.as_str().split_inclusive('\n').find_map(ending));
        let open = !before.is_empty() && !before.ends_with('\n');
        Place { at, ending: ending.unwrap_or("\n"), open }
    }

    /// Puts `new` lines there, each with the ending of its neighbours.
    pub(super) fn put(self, ks: &mut Kickstart, new: &[String]) {
        let mut text = String::new();
        if self.open {
            text.push_str(self.ending);
        }
        for line in new {
            text.push_str(line);
            text.push_str(self.ending);
        }
        ks.insert(self.at, &text);
    }
}

/// Returns the byte after the last line of `text` that is not blank, and that line.
pub(super) fn after_last_line(text: &str) -> Option<(usize, &str)> {
    let last = lines(text, 1, 0).filter(|line| !line.text.trim().is_empty()).last()?;
    Some((last.span().end, last.text))
}
