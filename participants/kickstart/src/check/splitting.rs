//! Lines that do not fall into words as their author thought.

use std::ops::Range;

use crate::check::report::Report;
use crate::command::Command;
use crate::edit::is_break;
use crate::lines::{Line, endings, without_ending};
use crate::table;
use crate::words::Fault;

/// Checks that the line was split to its end, and nothing hides in it.
pub(super) fn check(command: &Command<'_>, report: &mut Report<'_>) {
    let line = command.line;
    match command.fault {
        Some(Fault::OpenQuote(at)) => {
            report.error("open-quote", line, at..at + 1, "this quote is never closed");
        }
        Some(Fault::LoneBackslash(at)) => {
            let found = report.error("backslash", line, at..at + 1, "nothing follows this backslash");
            if let Some(found) = found {
                found.help = Some("a command cannot go on in the next line".to_owned());
            }
        }
        Some(Fault::TooLong(at)) => {
            report.error("too-long", line, at..at, "this line is too long for a command");
        }
        Some(Fault::NotUtf8(at)) => {
            report.error("not-utf8", line, at..at + 1, "this byte is part of no character in UTF-8");
        }
        None => {}
    }
    let text = &report.source()[command.span.clone()];
    control_character(line, without_ending(text), command.span.start, report);
    let Some(last) = command.words.last().filter(|_| command.fault.is_none()) else { return };
    let end = last.span().end;
    if report.source()[end..].starts_with(b"#") {
        let message = "a comment starts here, in the middle of a word";
        if let Some(found) = report.warning("comment-in-word", line, end..end + 1, message) {
            found.help = Some("put the word in quotes if the `#` belongs to it".to_owned());
        }
    }
}

/// Reports the first character in `text` that others take for the end of a line, or hide.
pub(super) fn control_character(line: usize, text: &[u8], start: usize, report: &mut Report<'_>) {
    if !text.iter().any(|byte| is_odd(*byte) && *byte != b'\t') {
        return;
    }
    if let Some((at, c)) = characters(text).find(|(_, c)| is_break(*c) && *c != '\t') {
        let at = start + at;
        let message = format!("there is a control character here, U+{:04X}", u32::from(c));
        report.error("control-character", line, at..at + c.len_utf8(), message);
    }
}

/// Reports the first character in the comments and blank lines at `span` that starts a new line for Python.
///
/// Returns whether there was one.
pub(super) fn hidden_line(span: Range<usize>, report: &mut Report<'_>) -> bool {
    let source = report.source();
    let text = &source[span.clone()];
    if !text.iter().any(|byte| is_odd(*byte) && !matches!(byte, b'\n' | b'\t')) {
        return false;
    }
    let Some((at, c)) = characters(text).find(|found| starts_line(text, found)) else { return false };
    let at = span.start + at;
    new_line(1 + endings(&source[..at]), at, c, report);
    true
}

/// Reports the first character in a line of a script after which others would read the end of the section, another
/// section or a file to include.
pub(super) fn hidden_section(line: &Line<'_>, report: &mut Report<'_>) {
    let text = line.content();
    if !text.contains(&b'%') || !text.iter().any(|byte| is_odd(*byte) && *byte != b'\t') {
        return;
    }
    let mut line_start = None; // as long as there are only blanks behind it
    for (at, c) in characters(text) {
        if starts_line(text, &(at, c)) {
            line_start = line_start.or(Some((at, c)));
        } else if let Some((start, c)) = line_start.filter(|_| c == '%' && begins_section(&text[at..])) {
            return new_line(line.number, line.start + start, c, report);
        } else if !c.is_whitespace() {
            line_start = None;
        }
    }
}

/// Tells whether a text begins with a word that ends, opens or includes.
fn begins_section(text: &[u8]) -> bool {
    let names = ["%end", "%include", "%ksappend"].into_iter().chain(table::sections().map(|row| row.name));
    names.filter_map(|name| text.strip_prefix(name.as_bytes())).any(|rest| {
        let next = characters(&rest[..rest.len().min(4)]).next(); // no character is longer
        rest.is_empty() || next.is_some_and(|(at, c)| at == 0 && (c.is_whitespace() || is_break(c)))
    })
}

/// Tells whether Python starts a new line after a character of `text`, and we do not.
fn starts_line(text: &[u8], &(at, c): &(usize, char)) -> bool {
    match c {
        '\r' => !text[at + 1..].starts_with(b"\n") && at + 1 < text.len(),
        '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}' => true,
        _ => false,
    }
}

fn new_line(line: usize, at: usize, c: char, report: &mut Report<'_>) {
    let message = format!("other readers start a new line here, after U+{:04X}", u32::from(c));
    report.error("control-character", line, at..at + c.len_utf8(), message);
}

/// Reports `%include` or `%ksappend` unless it is allowed.
pub(super) fn include(name: &str, line: usize, span: Range<usize>, report: &mut Report<'_>) {
    if report.rules.include_allowed {
        return;
    }
    if let Some(found) = report.error("include", line, span, format!("`{name}` is not allowed here")) {
        found.help = Some("put the other file's text here".to_owned());
    }
}

/// Returns whether a byte is, or is part of, anything but a plain character.
fn is_odd(byte: u8) -> bool {
    !(b' '..0x7f).contains(&byte)
}

/// Returns the characters of `text` that are whole, each with its place.
fn characters(text: &[u8]) -> impl Iterator<Item = (usize, char)> {
    let mut start = 0;
    text.utf8_chunks().flat_map(move |chunk| {
        let from = start;
        start += chunk.valid().len() + chunk.invalid().len();
        chunk.valid().char_indices().map(move |(at, c)| (from + at, c))
    })
}
