//! Commands: known, complete, and not against each other.

use std::collections::HashMap;

use crate::arguments::Arguments;
use crate::check::nearest::did_you_mean;
use crate::check::report::Report;
use crate::check::standing::{self, Thing};
use crate::check::{arguments, splitting};
use crate::command::Command;
use crate::dialect::Dialect;
use crate::table::{self, Standing};

/// What earlier lines said, by the line that said it.
#[derive(Default)]
pub(super) struct Seen {
    mount_points: HashMap<String, usize>,
    repos: HashMap<String, usize>,
}

/// Checks one command line.
pub(super) fn check(command: &Command<'_>, seen: &mut Seen, report: &mut Report<'_>) {
    splitting::check(command, report);
    let Some(name) = command.words.first() else { return };
    if let "%include" | "%ksappend" = name.text.as_ref() {
        return splitting::include(&name.text, command.line, name.span(), report);
    }
    let Some(row) = command.row() else { return unknown(command, report) };
    let thing = Thing { what: "command", name: row.name, line: command.line, span: name.span() };
    standing::check(thing, &row.life, report);
    let dialect = report.rules.dialect;
    if dialect != Dialect::Mic && row.life.standing(dialect) != Standing::Known {
        return; // nobody reads the options of a command that is going or gone
    }
    let read = command.arguments();
    arguments::check(command, &read, row, report);
    match row.name {
        "part" | "partition" => mount_point(command, &read, seen, report),
        "repo" => repo(command, &read, seen, report),
        _ => {}
    }
}

fn unknown(command: &Command<'_>, report: &mut Report<'_>) {
    let name = &command.words[0];
    let message = format!("unknown command `{}`", name.text);
    let Some(found) = report.error("unknown-command", command.line, name.span(), message) else { return };
    found.help = if name.text.starts_with('\u{feff}') {
        Some("the file starts with a byte order mark; save it without".to_owned())
    } else {
        did_you_mean(&name.text, table::commands().map(|row| row.name))
    };
}

fn mount_point(command: &Command<'_>, read: &Arguments<'_>, seen: &mut Seen, report: &mut Report<'_>) {
    let Some(word) = read.plain.first() else { return };
    let text = word.text.as_ref();
    if let "swap" | "none" = text {
        return; // there may be several
    }
    if let Some(before) = seen.mount_points.get(text) {
        let message = format!("`{text}` already has a partition, on line {before}");
        report.error("duplicate-mount-point", command.line, word.span(), message);
        return;
    }
    seen.mount_points.insert(text.to_owned(), command.line);
    let known = text.starts_with('/') || NAMED.iter().any(|name| text.starts_with(name));
    if !known && crate::tokens(text).is_empty() {
        let message = format!("`{text}` is no mount point: it does not start with `/`");
        report.warning("odd-mount-point", command.line, word.span(), message);
    }
}

/// What else may stand where a mount point is expected.
const NAMED: [&str; 7] = ["pv.", "raid.", "btrfs.", "biosboot", "prepboot", "appleboot", "recovery"];

fn repo(command: &Command<'_>, read: &Arguments<'_>, seen: &mut Seen, report: &mut Report<'_>) {
    if let Some(given) = read.given(&["--mirrorlist", "--metalink"]).filter(|_| read.has("--baseurl")) {
        let message = format!("`--baseurl` and `{}` do not go together", given.written);
        report.error("conflict", command.line, given.span.clone(), message);
    }
    let Some(given) = read.given(&["--name"]) else { return };
    let name = given.value.clone().unwrap_or_default();
    let span = given.value_span.clone();
    if name.contains('/') || name.starts_with('.') {
        let message = format!("`{name}` cannot be the name of a repository: it becomes a file name");
        report.error("repo-name", command.line, span, message);
    } else if let Some(before) = seen.repos.get(&name) {
        let message = format!("repository `{name}` is already on line {before}");
        report.warning("duplicate-repo", command.line, span, message);
    } else {
        seen.repos.insert(name, command.line);
    }
}
