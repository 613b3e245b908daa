//! Which lines are about the same thing.

use crate::arguments::Arguments;
use crate::command::Command;
use crate::table::{Key, Row};

/// What a command line is about: two lines with the same identity say something about the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// The command, by the first of its names.
    pub(crate) name: String,
    /// What tells it from others of the command; nothing when there is only one.
    pub(crate) key: Vec<String>,
}

/// Returns the first of a command's names.
pub(crate) fn canonical(name: &str) -> &str {
    match name {
        "partition" => "part",
        "authconfig" => "auth",
        "installerfw" => "installerfw_plugins",
        _ => name,
    }
}

impl Identity {
    pub(crate) fn of(command: &Command<'_>) -> Identity {
        match command.row() {
            Some(row) => Identity::read(row, &command.arguments(), command),
            None => Identity { name: command.name().to_owned(), key: all(command) },
        }
    }

    pub(crate) fn read(row: &Row, read: &Arguments<'_>, command: &Command<'_>) -> Identity {
        let name = canonical(row.name).to_owned();
        let key = match row.key {
            _ if !row.many => Vec::new(),
            Key::Line => all(command),
            Key::Word => vec![read.plain(0).unwrap_or_default().to_owned()],
            Key::Option(option) => vec![read.value(option).unwrap_or_default().to_owned()],
        };
        Identity { name, key }
    }
}

/// Returns all words, each option with its whole name and its value, so that the way of writing does not count.
fn all(command: &Command<'_>) -> Vec<String> {
    crate::format::words(command).into_iter().skip(1).collect()
}
