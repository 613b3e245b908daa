//! Where new lines go.

use crate::document::{Item, Kickstart};
use crate::lines::{ending, lines};

/// A place between two lines.
pub(super) struct Place {
    at: usize,
    /// The line ending of the neighbours.
    ending: &'static str,
    /// Whether the line before has no ending yet.
    open: bool,
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

/// Puts `block` before the first section, or at the end when there is none, with a blank line on either side.
pub(super) fn put_block(ks: &mut Kickstart, mut block: Vec<String>) {
    let at = ks.sections().next().map(|section| above_comments(ks.as_str(), section.header.span.start));
    if at.is_some() {
        block.push(String::new());
    }
    let at = at.unwrap_or(ks.as_str().len());
    let before = lines(&ks.as_str()[..at], 1, 0).last();
    if before.is_some_and(|line| !line.text.trim().is_empty()) {
        block.insert(0, String::new());
    }
    Place::at(ks, at).put(ks, &block);
}

/// Returns the start of the comment that stands right above the line at `at`; a comment at the top is the file's own.
fn above_comments(text: &str, at: usize) -> usize {
    let mut start = at;
    for line in text[..at].split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') {
            return start;
        }
        start -= line.len();
    }
    at
}

/// Returns the end of the last command before any section.
pub(super) fn after_first_commands(ks: &Kickstart) -> Option<usize> {
    let commands = ks.items().map_while(|item| match item {
        Item::Command(command) => Some(command.span.end),
        Item::Section(_) | Item::StrayEnd(_) => None,
    });
    commands.last()
}

/// Returns the byte after the last line of `text` that is not blank, and that line.
pub(super) fn after_last_line(text: &str) -> Option<(usize, &str)> {
    let last = lines(text, 1, 0).filter(|line| !line.text.trim().is_empty()).last()?;
    Some((last.span().end, last.text))
}
