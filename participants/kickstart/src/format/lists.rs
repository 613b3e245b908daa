//! Lines of package lists in canonical form.

use super::paper::Paper;
use crate::lines::is_blank;
use crate::reading::Entry;
use crate::section::Section;

/// Writes the lines of a list; blank ones stay between others, one at most.
pub(super) fn write(section: &Section<'_>, paper: &mut Paper) {
    let mut first = true;
    for line in section.body_lines() {
        let content = line.content();
        if is_blank(content) {
            if !first {
                paper.blank();
            }
            continue;
        }
        first = false;
        let Ok(text) = std::str::from_utf8(content).map(str::trim) else {
            paper.line(content.trim_ascii());
            continue;
        };
        if text.starts_with('%') {
            paper.line(text.as_bytes()); // a blank before its comment could make a section of it
            continue;
        }
        let comment = text.find('#').map_or("", |at| text[at..].trim());
        let written = match Entry::read(text) {
            Some(entry) if Entry::read(&entry.to_string()).as_ref() == Some(&entry) => entry.to_string(),
            _ => text[..text.find('#').unwrap_or(text.len())].trim().to_owned(),
        };
        let blank = if written.is_empty() || comment.is_empty() { "" } else { " " };
        paper.line(format!("{written}{blank}{comment}").as_bytes());
    }
}
