//! Lines to sections of keys and values, not interpolated yet.

use std::path::Path;

use crate::ini::{DEFAULT, Ini, Section, Value, folded};
use crate::lines::{Line, lines, trim};
use crate::mistake::{At, Mistake, shown};

/// Reads all it can make sense of, and tells the mistakes in the rest.
pub(crate) fn read(file: &Path, text: &str) -> (Ini, Vec<Mistake>) {
    let mut reader = Reader::default();
    for (number, line) in lines(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let at = || At { file: file.to_owned(), line: number };
        match line {
            Line::Comment => {}
            Line::Blank => reader.blank(),
            Line::Text { indent, text } if reader.is_continued_at(indent) => reader.more(text, at),
            Line::Text { indent, text } => {
                reader.indent = indent;
                reader.entry(text, at());
            }
        }
    }
    (reader.ini, reader.mistakes)
}

#[derive(Default)]
struct Reader {
    ini: Ini,
    mistakes: Vec<Mistake>,
    section: Option<String>,
    /// The key whose value a more indented line continues.
    open: Option<Open>,
    /// The indentation of the last line that continued nothing.
    indent: usize,
    /// Whether it was told that a key stands above all sections.
    told_of_no_section: bool,
}

struct Open {
    key: String,
    /// Empty lines since the last text of the value; a part of it only when more text follows.
    blanks: usize,
}

impl Reader {
    fn is_continued_at(&self, indent: usize) -> bool {
        self.open.is_some() && indent > self.indent
    }

    fn blank(&mut self) {
        if let Some(open) = &mut self.open {
            open.blanks += 1;
        }
    }

    fn more(&mut self, text: &str, at: impl Fn() -> At) {
        let Some((open, section)) = self.open.as_mut().zip(self.section.as_ref()) else { return };
        let values = self.ini.sections.get_mut(section).map(|section| &mut section.values);
        let value = values.and_then(|values| values.get_mut(&open.key)).expect("an open key is kept");
        match &mut value.text {
            Some(before) => {
                before.extend(std::iter::repeat_n('\n', open.blanks + 1));
                before.push_str(text);
            }
            None => self.mistakes.push(Mistake::in_line(
                &at(),
                format!(
                    "the line is indented as if it continued `{0}` of line {1}, which has no value: \
                     write `{0} =` there, or indent this line less",
                    shown(&open.key),
                    value.at.line
                ),
            )),
        }
        open.blanks = 0;
    }

    fn entry(&mut self, text: &str, at: At) {
        self.open = None;
        if text.starts_with('[') {
            match header(text) {
                Some(name) => self.enter(name, at),
                None => self.mistake(&at, "the name of a section ends with `]`: write it as `[name]`"),
            }
        } else if let Some(section) = self.section.clone() {
            self.key(&section, text, at);
        } else if !self.told_of_no_section {
            self.told_of_no_section = true;
            self.mistake(&at, "this line belongs to no section: write the name of one above it, as `[name]`");
        }
    }

    fn enter(&mut self, name: &str, at: At) {
        match self.ini.sections.get(name) {
            None => {
                self.ini.sections.insert(name.to_owned(), Section::new(at));
            }
            Some(_) if name == DEFAULT => {}
            Some(first) => {
                let (name, line) = (shown(name), first.at.line);
                self.mistake(
                    &at,
                    format!("section [{name}] is here a second time: move its keys to the first one, in line {line}"),
                );
            }
        }
        self.section = Some(name.to_owned());
    }

    fn key(&mut self, section: &str, text: &str, at: At) {
        let (key, value) = match text.split_once(['=', ':']) {
            Some((key, value)) => (trim(key), Some(trim(value).to_owned())),
            None => (text, None),
        };
        if key.is_empty() {
            return self
                .mistake(&at, "there is no key in front of the delimiter: write one, or remove the line");
        }
        let key = folded(key);
        let Some(kept) = self.ini.sections.get_mut(section) else { return };
        if let Some(first) = kept.values.get(&key) {
            let (key, section, line) = (shown(&key), shown(section), first.at.line);
            let message =
                format!("`{key}` is in [{section}] a second time: keep this one or that of line {line}");
            self.mistakes.push(Mistake::in_line(&at, message));
        }
        kept.values.insert(key.clone(), Value { text: value, at });
        self.open = Some(Open { key, blanks: 0 });
    }

    fn mistake(&mut self, at: &At, message: impl Into<String>) {
        self.mistakes.push(Mistake::in_line(at, message));
    }
}

/// Returns the name in `[name]`; what follows the last bracket is ignored, as Python does.
fn header(text: &str) -> Option<&str> {
    let name = text.strip_prefix('[')?.rsplit_once(']')?.0;
    (!name.is_empty()).then_some(name)
}
