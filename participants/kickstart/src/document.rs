//! A kickstart file as a whole: its text, and where its commands and sections are.

use std::fmt;
use std::ops::Range;

use crate::command::Command;
use crate::lines::{Line, lines};
use crate::section::Section;
use crate::table;

/// A kickstart file, exactly as written.
///
/// Everything read from it says its line, counted from 1 as the author counts: an edit changes no number, and what it
/// puts in has the number 0; see [`At`].
/// Invariant: `parts` lie in `text` in this order, on line boundaries.
#[derive(Clone, Debug, PartialEq)]
pub struct Kickstart {
    text: String,
    parts: Vec<Part>,
    /// The lines that were put in, counted from 1 in `text`, in order; they have no number of their own.
    added: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Command { line: usize, span: Range<usize> },
    Section { line: usize, header: Range<usize>, body: Range<usize>, end_line: Option<usize> },
    StrayEnd { line: usize, span: Range<usize> },
}

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

impl Kickstart {
    /// Reads any text; what is wrong with it is for [`crate::check()`] to say.
    pub fn parse(text: &str) -> Kickstart {
        Kickstart { text: text.to_owned(), parts: parts(text), added: Vec::new() }
    }

    /// Numbers lines as before `added` ones were put in; those have the number 0.
    ///
    /// For messages to somebody who knows the file without what was added; `added` is what
    /// [`added_lines`](Kickstart::added_lines) returned.
    ///
    /// ```
    /// use img_kickstart::Kickstart;
    ///
    /// let mut ks = Kickstart::parse("lang en_US\npart /\n%packages\nvim\n%end\n");
    /// ks.add_repo("extra", "http://repo.example/", &[])?;
    /// assert_eq!(ks.added_lines(), [3]);
    ///
    /// let again = Kickstart::parse(ks.as_str()).numbered_without(ks.added_lines());
    ///
    /// assert_eq!(again.packages().packages[0].line, 4);
    /// assert_eq!(again.repos()[0].line, 0);
    /// # Ok::<(), img_kickstart::EditError>(())
    /// ```
    pub fn numbered_without(mut self, added: &[usize]) -> Kickstart {
        self.added = added.to_vec();
        self.added.sort_unstable();
        self.added.dedup();
        self
    }

    /// Returns the lines that were put in, counted from 1 as the text is now.
    pub fn added_lines(&self) -> &[usize] {
        &self.added
    }

    /// Returns the text, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns commands and sections in the order of the file.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        self.parts.iter().map(|part| match part {
            Part::Command { line, span } => Item::Command(self.command(*line, span)),
            Part::StrayEnd { line, span } => Item::StrayEnd(self.command(*line, span)),
            Part::Section { line, header, body, end_line } => Item::Section(Section {
                header: self.command(*line, header),
                body: &self.text[body.clone()],
                body_span: body.clone(),
                end_line: end_line.map(|line| self.number(line)),
                first_line: line + 1,
                added: &self.added,
            }),
        })
    }

    /// Returns the commands in the order of the file, so that a caller can warn about those it does not honour.
    pub fn commands(&self) -> impl Iterator<Item = Command<'_>> {
        self.items().filter_map(|item| match item {
            Item::Command(command) => Some(command),
            Item::Section(_) | Item::StrayEnd(_) => None,
        })
    }

    /// Returns the sections in the order of the file.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        self.items().filter_map(|item| match item {
            Item::Section(section) => Some(section),
            Item::Command(_) | Item::StrayEnd(_) => None,
        })
    }

    /// Puts `addition` at byte `at`, which must be where a line starts or the text ends.
    pub(crate) fn insert(&mut self, at: usize, addition: &str) {
        let before = &self.text[..at];
        let ended = before.is_empty() || before.ends_with('\n');
        let first = before.matches('\n').count() + 1 + usize::from(!ended);
        let count = addition.matches('\n').count() - usize::from(!ended);
        self.added.iter_mut().filter(|line| **line >= first).for_each(|line| *line += count);
        self.added.extend(first..first + count);
        self.added.sort_unstable();
        self.text.insert_str(at, addition);
        self.parts = parts(&self.text);
    }

    fn command(&self, line: usize, span: &Range<usize>) -> Command<'_> {
        Command::of(&Line { text: &self.text[span.clone()], number: self.number(line), start: span.start })
    }

    fn number(&self, line: usize) -> usize {
        number(line, &self.added)
    }
}

impl fmt::Display for Kickstart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Returns the number of a line when some, in order, were added; these have 0.
pub(crate) fn number(line: usize, added: &[usize]) -> usize {
    match added.binary_search(&line) {
        Ok(_) => 0,
        Err(before) => line - before,
    }
}

/// Finds commands and sections in one pass.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<(usize, Range<usize>)> = None;
    for line in lines(text, 1, 0) {
        let head = head(line.text);
        if let Some((number, header)) = open.take() {
            let ends = head == "%end";
            if !ends && table::section(head).is_none() {
                open = Some((number, header));
                continue;
            }
            let body = header.end..line.start;
            parts.push(Part::Section { line: number, header, body, end_line: ends.then_some(line.number) });
            if ends {
                continue;
            }
        }
        let head = head.split('#').next().unwrap_or_default();
        match head {
            "" => {}
            "%end" => parts.push(Part::StrayEnd { line: line.number, span: line.span() }),
            "%include" | "%ksappend" => parts.push(Part::Command { line: line.number, span: line.span() }),
            _ if head.starts_with('%') => open = Some((line.number, line.span())),
            _ => parts.push(Part::Command { line: line.number, span: line.span() }),
        }
    }
    if let Some((line, header)) = open {
        let body = header.end..text.len();
        parts.push(Part::Section { line, header, body, end_line: None });
    }
    parts
}

/// Returns the first word of a line, quotes and comments not looked at.
pub(crate) fn head(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

/// A line as a message names it: `line 41`, or `added on request` for one that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub usize);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("added on request"),
            line => write!(f, "line {line}"),
        }
    }
}
