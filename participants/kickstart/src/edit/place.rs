//! Where new lines go: beside their like, else where a person would write them.
//!
//! A place depends only on what is above and below it by [`rank`], so that edits of different things may come in any
//! order.

use crate::document::Kickstart;
use crate::edit::order::{rank, section_rank};
use crate::identity::canonical;
use crate::items::Item;
use crate::lines::{ending, head, is_blank, lines};
use crate::table::Row;

/// A place between two lines.
pub(super) struct Place {
    at: usize,
    /// The line ending of the file, which is that of its first line.
    ending: &'static str,
    /// Whether the line before has no ending yet.
    open: bool,
}

impl Place {
    /// Returns the place at byte `at`, where a line starts or the text ends.
    pub(super) fn at(ks: &Kickstart, at: usize) -> Place {
        let before = &ks.as_bytes()[..at];
        let ending = lines(ks.as_bytes(), 1, 0).next().and_then(|line| ending(line.text));
        let open = !before.is_empty() && !before.ends_with(b"\n");
        // a lone carriage return at the end is half an ending
        let only = if ks.as_bytes().ends_with(b"\r") { "\r\n" } else { "\n" };
        Place { at, ending: ending.unwrap_or(only), open }
    }

    /// Puts `new` lines there, each with the ending of the file.
    pub(super) fn put(self, ks: &mut Kickstart, new: &[String]) {
        let mut text = String::new();
        if self.open {
            let half = ks.as_bytes()[..self.at].ends_with(b"\r");
            text.push_str(if half { "\n" } else { self.ending });
        }
        for line in new {
            text.push_str(line);
            text.push_str(self.ending);
        }
        ks.insert(self.at, &text);
    }
}

/// Puts lines of one command behind the last of its like, else behind what people write above it.
pub(super) fn put_command(ks: &mut Kickstart, row: &Row, new: Vec<String>) {
    let name = canonical(row.name);
    let (mut like, mut above, mut first, mut section) = (None, None, None, false);
    for item in ks.items() {
        match item {
            // an `%end` without a section is a line like any other, of which nobody knows what it means
            Item::Command(command) | Item::StrayEnd(command) => {
                let span = command.span.clone();
                if canonical(command.name()) == name {
                    like = Some(span.end);
                }
                if !section {
                    first = first.or(Some(span.start));
                    if rank(command.name()) <= rank(name) {
                        above = Some(span.end);
                    }
                }
            }
            Item::Section(_) => section = true,
        }
    }
    let below = first.map(|first| above_comments(ks.as_bytes(), first));
    match like.or(above).or(below) {
        Some(at) => Place::at(ks, at).put(ks, &new),
        None => put_block(ks, None, new),
    }
}

/// Puts the lines of a section behind the last that people write above it, else before all others.
pub(super) fn put_section(ks: &mut Kickstart, name: &str, block: Vec<String>) {
    let sections = ks.items().filter_map(|item| match item {
        Item::Section(section) => Some(section),
        Item::Command(_) | Item::StrayEnd(_) => None,
    });
    let above = sections.filter(|section| section_rank(section.name()) <= section_rank(name)).last();
    let end = above.map(|section| {
        let body = section.body_span.end;
        match section.end_line {
            Some(_) => body + lines(&ks.as_bytes()[body..], 1, 0).next().map_or(0, |line| line.text.len()),
            None => body,
        }
    });
    put_block(ks, end, block);
}

/// Puts `block` at `at`, before the first section, or at the end when there is none, with a blank line on either side.
fn put_block(ks: &mut Kickstart, at: Option<usize>, mut block: Vec<String>) {
    let section =
        || ks.sections().next().map(|section| above_comments(ks.as_bytes(), section.header.span.start));
    let at = at.or_else(section).unwrap_or(ks.as_bytes().len());
    let after = lines(&ks.as_bytes()[at..], 1, 0).next();
    if after.is_some_and(|line| !is_blank(line.text)) {
        block.push(String::new());
    }
    if !is_blank(last_line(&ks.as_bytes()[..at])) {
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
