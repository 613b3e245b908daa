//! Sections: known, closed, and with sound lines.

use crate::check::nearest::did_you_mean;
use crate::check::report::Report;
use crate::check::{arguments, commands};
use crate::command::Command;
use crate::document::head;
use crate::edit::is_break;
use crate::lines::Line;
use crate::reading::Entry;
use crate::section::Section;
use crate::table;

/// Checks one section.
pub(super) fn check(section: &Section<'_>, report: &mut Report<'_>) {
    let header = &section.header;
    commands::splitting(header, report);
    if let Some(name) = header.words.first() {
        match section.row() {
            Some(row) => arguments::check(header, &section.arguments(), row, report),
            None => {
                report.error(
                    "unknown-section",
                    header.line,
                    name.span(),
                    format!("unknown section `{}`", name.text),
                );
                report.help(did_you_mean(&name.text, table::sections().map(|row| row.name)));
            }
        }
    }
    if section.end_line.is_none() {
        let span = header.words.first().map_or(header.span.clone(), crate::Word::span);
        report.error("missing-end", header.line, span, format!("`{}` has no `%end`", section.name()));
    }
    let list = matches!(section.name(), "%packages" | "%prepackages" | "%attachment");
    for line in section.body_lines() {
        if report.is_full() {
            return;
        }
        include(&line, report);
        if list {
            list_line(&line, section.name(), report);
        }
    }
}

/// Reports an `%end` that belongs to no section.
pub(super) fn stray_end(command: &Command<'_>, report: &mut Report<'_>) {
    let span = command.words.first().map_or(command.span.clone(), crate::Word::span);
    report.error("stray-end", command.line, span, "this `%end` ends no section");
}

fn include(line: &Line<'_>, report: &mut Report<'_>) {
    let head = head(line.text);
    if !report.rules.include_allowed && matches!(head, "%include" | "%ksappend") {
        let at = line.start + line.text.find('%').unwrap_or(0);
        report.error("include", line.number, at..at + head.len(), format!("`{head}` is not allowed here"));
        report.help(Some("put the other file's text here".to_owned()));
    }
}

fn list_line(line: &Line<'_>, section: &str, report: &mut Report<'_>) {
    let content = line.content();
    if let Some((at, c)) = content.char_indices().find(|(_, c)| is_break(*c) && *c != '\t') {
        let at = line.start + at;
        let message = "there is a control character in this line";
        report.error("control-character", line.number, at..at + c.len_utf8(), message);
    }
    let Some(Entry::Package(name) | Entry::Exclusion(name)) = Entry::read(content) else { return };
    let at = line.start + content.len() - content.trim_start().len();
    let span = at..at + content.trim().len();
    if name.contains(char::is_whitespace) {
        let message = format!("`{section}` has one name a line; `{name}` is taken for one name");
        report.warning("blank-in-name", line.number, span, message);
    }
}
