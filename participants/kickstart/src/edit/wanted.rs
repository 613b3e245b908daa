//! A line somebody asks for, as it would stand in a kickstart.

use crate::arguments::{Arguments, Given};
use crate::check::{Rules, check_with, fits};
use crate::command::Command;
use crate::document::Kickstart;
use crate::edit::EditError;
use crate::edit::quote::{quote, safe};
use crate::identity::Identity;
use crate::lines::lines;
use crate::table::{self, Row};
use crate::words::Word;

/// What is wrong with a line that only names a thing and what is to become of it.
const INCOMPLETE: [&str; 4] = ["missing-option", "missing-argument", "missing-mount-point", "lonely-option"];

/// A sound command line.
pub(super) struct Wanted<'a> {
    pub(super) command: Command<'a>,
    pub(super) row: &'static Row,
    pub(super) read: Arguments<'a>,
    pub(super) identity: Identity,
    /// Why the line cannot stand alone, when it cannot.
    pub(super) incomplete: Option<EditError>,
}

impl<'a> Wanted<'a> {
    /// Reads exactly one command.
    pub(super) fn read(text: &'a str) -> Result<Wanted<'a>, EditError> {
        safe("line", text)?;
        let wrong = |why: &str| EditError::Mistaken { line: text.to_owned(), why: why.to_owned() };
        let Some(line) = lines(text.as_bytes(), 1, 0).next() else { return Err(wrong("nothing is there")) };
        let command = Command::of(&line);
        if command.words.last().is_none_or(|word| word.span().end != text.trim_end().len()) {
            return Err(wrong("it is not one command without a comment"));
        }
        let Some(row) = command.row() else { return Err(mistake(text).unwrap_or(wrong("no such command"))) };
        let mut incomplete = None;
        for found in check_with(&Kickstart::parse(text), &Rules::default()) {
            let error = EditError::Mistaken { line: text.to_owned(), why: found.advice() };
            match found.is_error() {
                true if INCOMPLETE.contains(&found.code) => drop(incomplete.get_or_insert(error)),
                true => return Err(error),
                false => {}
            }
        }
        let read = command.arguments();
        let identity = Identity::read(row, &read, &command);
        Ok(Wanted { row, read, identity, incomplete, command })
    }

    /// Returns an error when the line cannot stand alone.
    pub(super) fn alone(self) -> Result<(), EditError> {
        self.incomplete.map_or(Ok(()), Err)
    }

    /// Returns the line with one blank between words and no quotes but those it needs.
    pub(super) fn to_line(&self) -> String {
        let words: Vec<String> = self.command.words.iter().map(|word| written(&word.text)).collect();
        words.join(" ")
    }
}

/// Returns a word as it is written, with quotes around the value only.
pub(crate) fn written(word: &str) -> String {
    match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") && quote(name) == name && !value.is_empty() => {
            format!("{name}={}", quote(value))
        }
        _ => quote(word).into_owned(),
    }
}

/// Returns whether the line has the option already, of which only the last would count.
fn says(line: &str, given: &Given) -> bool {
    let (words, _) = crate::words::split(line, 0);
    let row = words.first().and_then(|word| table::command(&word.text));
    let mut there = words.iter().filter_map(|word| row?.option(word.text.split('=').next()?));
    !given.option.many && there.any(|option| given.option.replaces(option))
}

fn mistake(text: &str) -> Option<EditError> {
    let found = check_with(&Kickstart::parse(text), &Rules::default()).into_iter().next()?;
    Some(EditError::Mistaken { line: text.to_owned(), why: found.advice() })
}

/// Returns `line` with options behind it, each with its value quoted, when the table knows them.
pub(super) fn option_line(
    mut line: String,
    command: &'static str,
    options: &[&str],
) -> Result<String, EditError> {
    for option in options {
        let option = safe("option", option)?;
        let refused = || EditError::NotAnOption { command, option: option.to_owned() };
        let word = Word { text: option.into(), raw: option, start: 0 };
        let read = table::command(command).map(|row| Arguments::read(&[word], row)).ok_or_else(refused)?;
        match &read.options[..] {
            [given] if given.written == given.option.name && fits(given).is_ok() && !says(&line, given) => {
                line.push(' ');
                line.push_str(&written(option));
            }
            _ => return Err(refused()),
        }
    }
    Ok(line)
}
