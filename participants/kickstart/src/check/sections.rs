//! Sections: known, closed, and with sound lines.

use crate::Word;
use crate::check::nearest::did_you_mean;
use crate::check::report::Report;
use crate::check::standing::{self, Thing};
use crate::check::{arguments, splitting};
use crate::command::Command;
use crate::items::include_in_section;
use crate::lines::Line;
use crate::reading::Entry;
use crate::section::Section;
use crate::table;

/// Checks one section.
pub(super) fn check(section: &Section<'_>, report: &mut Report<'_>) {
    let header = &section.header;
    splitting::check(header, report);
    if let Some(name) = header.words.first() {
        match section.row() {
            Some(row) => {
                let thing = Thing { what: "section", name: row.name, line: header.line, span: name.span() };
                standing::check(thing, &row.life, report);
                arguments::check(header, &section.arguments(), row, report);
            }
            None => unknown(header.line, name, report),
        }
    }
    if section.end_line.is_none() {
        let span = header.words.first().map_or(header.span.clone(), Word::span);
        report.error("missing-end", header.line, span, format!("`{}` has no `%end`", section.name()));
    }
    let list = matches!(section.name(), "%packages" | "%prepackages" | "%attachment");
    for line in section.body_lines() {
        if report.is_full() {
            return;
        }
        if let Some(head) = include_in_section(&line) {
            let at = line.start + line.text.len() - line.text.trim_ascii_start().len();
            splitting::include(head, line.number, at..at + head.len(), report);
        } else if list {
            list_line(&line, section.name(), report);
        } else {
            splitting::hidden_section(&line, report);
        }
    }
}

/// Reports an `%end` that belongs to no section.
pub(super) fn stray_end(command: &Command<'_>, report: &mut Report<'_>) {
    let span = command.words.first().map_or(command.span.clone(), Word::span);
    report.error("stray-end", command.line, span, "this `%end` ends no section");
}

fn unknown(line: usize, name: &Word<'_>, report: &mut Report<'_>) {
    let message = format!("unknown section `{}`", name.text);
    if let Some(found) = report.error("unknown-section", line, name.span(), message) {
        found.help = did_you_mean(&name.text, table::sections().map(|row| row.name));
    }
}

fn list_line(line: &Line<'_>, section: &str, report: &mut Report<'_>) {
    let content = line.content();
    splitting::control_character(line.number, content, line.start, report);
    let start = line.start + content.len() - content.trim_ascii_start().len();
    let span = start..line.start + content.trim_ascii_end().len().max(start - line.start);
    let named = content.split(|byte| *byte == b'#').next().unwrap_or_default();
    if let Err(wrong) = std::str::from_utf8(named) {
        let at = line.start + wrong.valid_up_to();
        report.error("not-utf8", line.number, at..at + 1, "this byte is part of no character in UTF-8");
        return;
    }
    if content.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+')) {
        return; // a plain name, as most lines are
    }
    let text = line.to_text();
    let entry = Entry::read(&text);
    match &entry {
        Some(Entry::Package(name) | Entry::Exclusion(name)) if name.contains(char::is_whitespace) => {
            let message = format!("`{section}` has one name a line; `{name}` is taken for one name");
            report.warning("blank-in-name", line.number, span, message);
        }
        Some(entry) if entry.name().is_empty() => {
            report.error("empty-name", line.number, span, "there is a sign here, but no name");
        }
        Some(Entry::Group(name, _)) => {
            if let Some(option) = name.split(' ').find(|word| word.starts_with("--")) {
                let message = format!("a group has no option `{option}`");
                if let Some(found) = report.error("unknown-option", line.number, span, message) {
                    found.help = did_you_mean(option, ["--optional", "--nodefaults"].into_iter());
                }
            } else if ["--optional", "--nodefaults"]
                .iter()
                .all(|option| text.split_whitespace().any(|word| word == *option))
            {
                let message = "a group has only one of `--optional` and `--nodefaults`";
                report.error("conflict", line.number, span, message);
            }
        }
        _ => {}
    }
}
