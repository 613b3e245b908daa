//! Commands and sections, found line by line.

use std::borrow::Cow;
use std::ops::Range;

use crate::command::Command;
use crate::lines::{Line, head, may_start_section};
use crate::numbers::Numbers;
use crate::section::Section;
use crate::table;
use crate::words;

/// One thing a kickstart file is made of; blank lines and comments between them are not listed.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'a> {
    /// A command line, `%include` and `%ksappend` among them.
    Command(Command<'a>),
    /// A section with its body.
    Section(Section<'a>),
    /// An `%end` that no section waits for.
    StrayEnd(Command<'a>),
}

impl Item<'_> {
    /// Returns the bytes of the file it takes, a section's `%end` line not counted.
    pub fn span(&self) -> Range<usize> {
        match self {
            Item::Command(command) | Item::StrayEnd(command) => command.span.clone(),
            Item::Section(section) => section.header.span.start..section.body_span.end,
        }
    }
}

/// Reads a text from its beginning; nothing is kept of what was read.
#[derive(Clone, Debug)]
pub(crate) struct Items<'a> {
    text: &'a [u8],
    numbers: &'a Numbers,
    /// Where the next line starts.
    at: usize,
    /// The lines before it.
    read: usize,
    /// The only commands that somebody asks for, unless all are.
    only: Option<&'a [&'a str]>,
}

impl<'a> Items<'a> {
    pub(crate) fn of(text: &'a [u8], numbers: &'a Numbers) -> Items<'a> {
        Items { text, numbers, at: 0, read: 0, only: None }
    }

    /// Passes over commands that are surely not called by one of `names`.
    pub(crate) fn only(self, names: &'a [&'a str]) -> Items<'a> {
        Items { only: Some(names), ..self }
    }

    fn is_passed_over(&self, head: &str) -> bool {
        self.only.is_some_and(|names| !names.contains(&head) && !head.contains(['\'', '"', '\\']))
    }

    /// Returns the next line, which is numbered as it stands in the text.
    fn line(&mut self) -> Option<Line<'a>> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let line = Line { text: &rest[..end], number: self.read + 1, start: self.at };
        self.at += end;
        self.read += 1;
        Some(line)
    }

    fn unread(&mut self, line: &Line<'a>) {
        self.at = line.start;
        self.read = line.number - 1;
    }

    fn command(&self, line: &Line<'a>) -> Command<'a> {
        Command::of(&Line { number: self.numbers.of(line.number), ..*line })
    }

    /// Reads what follows an opening line, up to its `%end`, to the next section, or to the end of the file.
    fn section(&mut self, header: &Line<'a>) -> Section<'a> {
        let start = self.at;
        let mut end = (self.text.len(), None);
        while let Some(line) = self.line() {
            if !may_start_section(line.text) {
                continue;
            }
            let head = head(line.text);
            if head == "%end" {
                end = (line.start, Some(self.numbers.of(line.number)));
                break;
            }
            if table::section(head).is_some() {
                end = (line.start, None);
                self.unread(&line);
                break;
            }
        }
        Section {
            header: self.command(header),
            body: &self.text[start..end.0],
            body_span: start..end.0,
            end_line: end.1,
            first_line: header.number + 1,
            numbers: self.numbers,
        }
    }
}

/// Returns the name of a command, which is the same in quotes; it is empty where there is none.
///
/// What parts words is shlex's to say, what is blank is Python's.
pub(crate) fn name_of<'a>(line: &Line<'a>) -> Cow<'a, str> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let start = line.text.iter().position(|byte| !is_blank(byte)).unwrap_or(line.text.len());
    let word = &line.text[start..];
    let word = &word[..word.iter().position(|byte| is_blank(byte) || *byte == b'#').unwrap_or(word.len())];
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'\'' | b'"' | b'\\');
    match std::str::from_utf8(word) {
        Ok(name) if word.iter().all(is_plain) => name.into(),
        Ok(_) if !head(line.text.split(|byte| *byte == b'#').next().unwrap_or_default()).is_empty() => {
            first_word(line).into()
        }
        Ok(_) => "".into(),
        Err(_) => head(line.text).into(),
    }
}

/// Returns what a line in a section starts with when it includes a file.
pub(crate) fn include_in_section<'a>(line: &Line<'a>) -> Option<&'a str> {
    let name = Some(line.text).filter(|text| may_start_section(text)).map(head)?;
    if !matches!(name, "%include" | "%ksappend") {
        return None;
    }
    let (words, _) = words::split(line.content(), line.start);
    words.first().is_none_or(|word| word.text == name).then_some(name)
}

/// Returns the first word with its quotes resolved, or a quote where it has none to its end.
fn first_word(line: &Line<'_>) -> String {
    let (words, _) = words::split(line.content(), line.start);
    words
        .into_iter()
        .next()
        .map_or("\"".to_owned(), |word| if word.text.is_empty() { "\"".into() } else { word.text.into() })
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        while let Some(line) = self.line() {
            let name = name_of(&line);
            return Some(match &*name {
                "" => continue,
                "%end" => Item::StrayEnd(self.command(&line)),
                "%include" | "%ksappend" => Item::Command(self.command(&line)),
                name if name.starts_with('%') => Item::Section(self.section(&line)),
                name if self.is_passed_over(name) => continue,
                _ => Item::Command(self.command(&line)),
            });
        }
        None
    }
}
