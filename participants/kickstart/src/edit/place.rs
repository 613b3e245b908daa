//! Where new lines go.

use crate::document::Kickstart;
use crate::items::Item;
use crate::lines::{ending, head, is_blank, lines};

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
        let before = &ks.as_bytes()[..at];
        let ending = ending(before).or_else(|| lines(ks.as_bytes(), 1, 0).find_map(|line| ending(line.text)));
        let open = !before.is_empty() && !before.ends_with(b"\n");
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
    let at = ks.sections().next().map(|section| above_comments(ks.as_bytes(), section.header.span.start));
    if at.is_some() {
        block.push(String::new());
    }
    let at = at.unwrap_or(ks.as_bytes().len());
    let before = last_line(&ks.as_bytes()[..at]);
    if !is_blank(before) {
        block.insert(0, String::new());
    }
    Place::at(ks, at).put(ks, &block);
}

/// Returns the start of the comment that stands right above the line at `at`; a comment at the top is the file's own.
fn above_comments(text: &[u8], at: usize) -> usize {
    let mut start = at;
    for line in text[..at].split_inclusive(|byte| *byte == b'\n').rev() {
        if !head(line).starts_with('#') {
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
pub(super) fn after_last_line(text: &[u8]) -> Option<(usize, &[u8])> {
    let mut end = text.len();
    for line in text.split_inclusive(|byte| *byte == b'\n').rev() {
        if !is_blank(line) {
            return Some((end, line));
        }
        end -= line.len();
    }
    None
}

/// Returns the last line of `text`, which is nothing when there is none.
fn last_line(text: &[u8]) -> &[u8] {
    text.split_inclusive(|byte| *byte == b'\n').next_back().unwrap_or_default()
}
