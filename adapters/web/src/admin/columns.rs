//! What the entries of each table are made of.

use imaging::{Entry, Table};
use serde_json::{Value, json};

/// How a part of an entry is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line.
    Line,
    /// Many lines; lists do not show them.
    Text,
    /// Yes or no.
    Yes,
    /// Some of the states of jobs.
    States,
}

/// A part of an entry.
#[derive(Debug)]
pub(super) struct Column {
    /// As programs call it.
    pub(super) name: &'static str,
    /// As people do.
    pub(super) label: &'static str,
    pub(super) kind: Kind,
    pub(super) help: &'static str,
}

const fn column(name: &'static str, label: &'static str, kind: Kind, help: &'static str) -> Column {
    Column { name, label, kind, help }
}

const NAME: Column = column("name", "Name", Kind::Line, "");
const ONLY_NAME: &[Column] = &[NAME];
const QUEUE: &[Column] = &[
    NAME,
    column(
        "launches",
        "Launches",
        Kind::Yes,
        "Saving a job builds it; else a process runs that recorded it.",
    ),
];
const SERVICE: &[Column] = &[
    NAME,
    column(
        "apiurl",
        "Address",
        Kind::Line,
        "What the addresses of its repositories begin with, with http:// or https://.",
    ),
];
const TOKEN: &[Column] = &[
    NAME,
    column("default", "Usually", Kind::Line, "What it stands for unless somebody says otherwise."),
    column("description", "Help", Kind::Line, "What people see beside it."),
];
const PROCESS: &[Column] = &[
    NAME,
    column("active", "Active", Kind::Yes, "It can be chosen, and is launched."),
    column("default", "Chosen", Kind::Yes, "It is chosen unless somebody says otherwise."),
    column("description", "Help", Kind::Line, "What people see beside it."),
    column(
        "argname",
        "Argument",
        Kind::Line,
        "The field of the image that what they type goes to; empty for none.",
    ),
    column("triggers", "Launched at", Kind::States, ""),
    column("pdef", "Process definition", Kind::Text, ""),
];

pub(super) fn columns(table: Table) -> &'static [Column] {
    match table {
        Table::Queues => QUEUE,
        Table::Arches | Table::ImageTypes | Table::JobStates => ONLY_NAME,
        Table::BuildServices => SERVICE,
        Table::Tokens => TOKEN,
        Table::PostProcesses => PROCESS,
    }
}

pub(super) fn help(table: Table) -> &'static str {
    match table {
        Table::Queues => "Where jobs wait. Jobs keep their queue when it is removed here.",
        Table::Arches => "The processors people can choose.",
        Table::ImageTypes => "The forms of images people can choose.",
        Table::BuildServices => "Where repositories can come from.",
        Table::Tokens => "What kickstarts may say as @NAME@.",
        Table::JobStates => "The states jobs of this site have; those of post-processes begin with “DONE, ”.",
        Table::PostProcesses => "What can follow a build.",
    }
}

/// What stands in a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) is_yes: bool,
    pub(super) chosen: Vec<String>,
}

impl Cell {
    fn text(text: &str) -> Cell {
        Cell { text: text.to_owned(), ..Cell::default() }
    }

    fn yes(is_yes: bool) -> Cell {
        Cell { is_yes, ..Cell::default() }
    }

    /// Reads what a form sent.
    pub(super) fn sent(column: &Column, fields: &[(String, String)]) -> Cell {
        let mut sent = fields.iter().filter(|(name, _)| name == column.name).map(|(_, value)| value);
        match column.kind {
            Kind::Yes => Cell::yes(sent.next().is_some()),
            Kind::States => Cell { chosen: sent.cloned().collect(), ..Cell::default() },
            Kind::Line => Cell::text(sent.next().map_or("", |text| text.trim())),
            Kind::Text => Cell::text(&sent.next().map_or(String::new(), |text| text.replace("\r\n", "\n"))),
        }
    }
}

/// Returns what stands in a column of an entry.
pub(super) fn value(entry: &Entry, column: &str) -> Cell {
    match (entry, column) {
        (entry, "name") => Cell::text(entry.name()),
        (Entry::Queue(queue), "launches") => Cell::yes(queue.launches),
        (Entry::BuildService(service), "apiurl") => Cell::text(&service.apiurl),
        (Entry::Token(token), "default") => Cell::text(&token.default),
        (Entry::Token(token), "description") => Cell::text(&token.description),
        (Entry::PostProcess(process), column) => match column {
            "active" => Cell::yes(process.active),
            "default" => Cell::yes(process.default),
            "description" => Cell::text(&process.description),
            "argname" => Cell::text(&process.argname),
            "pdef" => Cell::text(&process.pdef),
            _ => {
                Cell { chosen: process.triggers.iter().map(ToString::to_string).collect(), ..Cell::default() }
            }
        },
        _ => Cell::default(),
    }
}

/// Returns an entry as programs write it.
pub(super) fn body(table: Table, cells: &[Cell]) -> Value {
    let mut body = serde_json::Map::new();
    for (column, cell) in columns(table).iter().zip(cells) {
        let value = match column.kind {
            Kind::Yes => json!(cell.is_yes),
            Kind::States => json!(cell.chosen),
            Kind::Line | Kind::Text => json!(cell.text),
        };
        body.insert(column.name.to_owned(), value);
    }
    body.into()
}
