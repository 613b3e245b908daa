//! Commands: known, complete, and not against each other.

use std::collections::HashMap;

use crate::arguments::Arguments;
use crate::check::arguments;
use crate::check::nearest::did_you_mean;
use crate::check::report::Report;
use crate::command::Command;
use crate::edit::is_break;
use crate::table::{self, Dialect};
use crate::words::Fault;

/// What earlier lines said, by the line that said it.
#[derive(Default)]
pub(super) struct Seen {
    mount_points: HashMap<String, usize>,
    repos: HashMap<String, usize>,
}

/// Checks one command line.
pub(super) fn check(command: &Command<'_>, seen: &mut Seen, report: &mut Report<'_>) {
    if let "%include" | "%ksappend" = command.name() {
        if !report.rules.include_allowed {
            let message = format!("`{}` is not allowed here", command.name());
            report.error("include", command.line, command.words[0].span(), message);
            report.help(Some("put the other file's text here".to_owned()));
        }
        return;
    }
    splitting(command, report);
    let Some(name) = command.words.first() else { return };
    let Some(row) = command.row() else {
        report.error(
            "unknown-command",
            command.line,
            name.span(),
            format!("unknown command `{}`", name.text),
        );
        report.help(did_you_mean(&name.text, table::commands().map(|row| row.name)));
        return;
    };
    if row.dialect == Dialect::Past {
        let message = format!("`{}` is unknown to current installers", row.name);
        report.warning("past-command", command.line, name.span(), message);
    }
    let read = command.arguments();
    arguments::check(command, &read, row, report);
    match row.name {
        "part" | "partition" => partition(command, &read, seen, report),
        "repo" => repo(command, &read, seen, report),
        _ if command.fault.is_none() && read.plain.len() < row.arguments.0 => {
            let message = format!("`{}` needs an argument", row.name);
            report.error("missing-argument", command.line, name.span(), message);
        }
        _ => {}
    }
}

/// Checks that the line could be split into words.
pub(super) fn splitting(command: &Command<'_>, report: &mut Report<'_>) {
    let line = command.line;
    match command.fault {
        Some(Fault::OpenQuote(at)) => {
            report.error("open-quote", line, at..at + 1, "this quote is never closed")
        }
        Some(Fault::LoneBackslash(at)) => {
            report.error("backslash", line, at..at + 1, "nothing follows this backslash");
            report.help(Some("a command cannot go on in the next line".to_owned()));
        }
        Some(Fault::TooLong(at)) => {
            report.error("too-long", line, at..at + 1, "this line is too long for a command")
        }
        None => {}
    }
    for word in &command.words {
        if let Some((at, c)) = word.raw.char_indices().find(|(_, c)| is_break(*c) && *c != '\t') {
            let at = word.start + at;
            let message = "there is a control character in this word";
            report.error("control-character", line, at..at + c.len_utf8(), message);
        }
    }
}

fn partition(command: &Command<'_>, read: &Arguments<'_>, seen: &mut Seen, report: &mut Report<'_>) {
    let Some(mount_point) = read.plain.first() else {
        if command.fault.is_none() {
            let message = format!("`{}` needs a mount point", command.name());
            report.error("missing-mount-point", command.line, command.words[0].span(), message);
        }
        return;
    };
    let (text, span) = (mount_point.text.as_ref(), mount_point.span());
    if let "swap" | "none" | "" = text {
        return;
    }
    if let Some(before) = seen.mount_points.get(text) {
        let message = format!("`{text}` already has a partition, on line {before}");
        report.error("duplicate-mount-point", command.line, span, message);
    } else {
        seen.mount_points.insert(text.to_owned(), command.line);
    }
}

fn repo(command: &Command<'_>, read: &Arguments<'_>, seen: &mut Seen, report: &mut Report<'_>) {
    if let Some(given) = read.given(&["--mirrorlist", "--metalink"]).filter(|_| read.has("--baseurl")) {
        let message = format!("`--baseurl` and `{}` do not go together", given.written);
        report.error("conflict", command.line, given.span.clone(), message);
    }
    let Some(given) = read.given(&["--name"]) else { return };
    let name = given.value.clone().unwrap_or_default();
    let span = given.value_span.clone();
    if name.trim().is_empty() || name.contains('/') || name.starts_with('.') {
        let message = format!("`{name}` cannot be the name of a repository: it becomes a file name");
        report.error("repo-name", command.line, span, message);
    } else if let Some(before) = seen.repos.get(&name) {
        let message = format!("repository `{name}` is already on line {before}");
        report.warning("duplicate-repo", command.line, span, message);
    } else {
        seen.repos.insert(name, command.line);
    }
}
