//! Words of a line, split as Python's `shlex.split(line, comments=True)` does it.

use std::borrow::Cow;
use std::ops::Range;

/// One word of a line: what it means and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Word<'a> {
    /// The word with quotes and escapes resolved.
    pub text: Cow<'a, str>,
    /// The word as written.
    pub raw: &'a str,
    /// Where `raw` starts in the whole text, in bytes.
    pub start: usize,
}

impl Word<'_> {
    /// Returns the byte range of the word as written.
    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.raw.len()
    }
}

/// Why a line could not be split to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A quote that is never closed; the byte offset is that of the quote.
    OpenQuote(usize),
    /// A backslash with nothing after it, which does not continue a kickstart line.
    LoneBackslash(usize),
    /// A byte that belongs to no character, outside of a comment.
    NotUtf8(usize),
    /// A command line longer than [`LONGEST`]; its words are not looked at.
    TooLong(usize),
}

/// The longest line that is split into words, in bytes.
pub const LONGEST: usize = 1 << 20;

enum State {
    Between,
    Plain,
    Single,
    Double,
    Escape { quoted: bool },
}

/// Splits `line`, which starts at byte `base` of the whole text, into words.
///
/// With a fault, the words before it are returned. A comment may be made of any bytes.
pub fn split(line: &(impl AsRef<[u8]> + ?Sized), base: usize) -> (Vec<Word<'_>>, Option<Fault>) {
    let line = line.as_ref();
    if line.len() > LONGEST {
        return (Vec::new(), Some(Fault::TooLong(base)));
    }
    match std::str::from_utf8(line) {
        Ok(line) if !line.bytes().any(|byte| matches!(byte, b'\'' | b'"' | b'\\' | b'#')) => {
            (plain(line, base), None)
        }
        Ok(line) => {
            let (words, end) = split_text(line, base);
            (words, end.err())
        }
        Err(wrong) => {
            let (before, rest) = line.split_at(wrong.valid_up_to());
            let not_utf8 = Some(Fault::NotUtf8(base + before.len()));
            let before = std::str::from_utf8(before).unwrap_or_default();
            match split_text(before, base) {
                (words, Ok(End::Comment)) => (words, None),
                (mut words, Ok(End::Line)) => {
                    if words.last().is_some_and(|word| word.span().end == base + line.len() - rest.len()) {
                        words.pop(); // the byte is in the middle of it
                    }
                    (words, not_utf8)
                }
                (words, Err(_)) => (words, not_utf8), // what is open is open because of the byte
            }
        }
    }
}

/// Splits a line in which nothing has a meaning but blanks.
fn plain(line: &str, base: usize) -> Vec<Word<'_>> {
    let start = |part: &str| part.as_ptr() as usize - line.as_ptr() as usize;
    let parts = line.split([' ', '\t', '\r', '\n']).filter(|part| !part.is_empty());
    parts.map(|raw| Word { text: Cow::Borrowed(raw), raw, start: base + start(raw) }).collect()
}

/// What ended the words.
enum End {
    Line,
    Comment,
}

fn split_text(line: &str, base: usize) -> (Vec<Word<'_>>, Result<End, Fault>) {
    let mut words = Vec::new();
    let mut state = State::Between;
    let (mut start, mut quote) = (0, 0);
    let mut value: Option<String> = None; // only words with quotes or escapes are copied
    let word = |start: usize, end: usize, value: Option<String>| {
        let raw = &line[start..end];
        Word { text: value.map_or(Cow::Borrowed(raw), Cow::Owned), raw, start: base + start }
    };
    for (at, c) in line.char_indices() {
        state = match (state, c) {
            (State::Between, ' ' | '\t' | '\r' | '\n') => State::Between,
            (State::Between, '#') => return (words, Ok(End::Comment)),
            (State::Plain, '#') => {
                words.push(word(start, at, value));
                return (words, Ok(End::Comment));
            }
            (State::Plain, ' ' | '\t' | '\r' | '\n') => {
                words.push(word(start, at, value.take()));
                State::Between
            }
            (before @ (State::Between | State::Plain), '\'' | '"' | '\\') => {
                if matches!(before, State::Between) {
                    start = at;
                }
                value.get_or_insert_with(|| line[start..at].to_owned());
                quote = at;
                match c {
                    '\'' => State::Single,
                    '"' => State::Double,
                    _ => State::Escape { quoted: false },
                }
            }
            (State::Between, _) => {
                start = at;
                State::Plain
            }
            (State::Single, '\'') | (State::Double, '"') => State::Plain,
            (State::Double, '\\') => State::Escape { quoted: true },
            (State::Escape { quoted }, _) => {
                if let Some(value) = &mut value {
                    if quoted && c != '"' && c != '\\' {
                        value.push('\\'); // in double quotes only these two lose their backslash
                    }
                    value.push(c);
                }
                if quoted { State::Double } else { State::Plain }
            }
            (inside, _) => {
                if let Some(value) = &mut value {
                    value.push(c);
                }
                inside
            }
        };
    }
    let end = match state {
        State::Between => Ok(End::Line),
        State::Plain => {
            words.push(word(start, line.len(), value));
            Ok(End::Line)
        }
        State::Escape { quoted: false } => Err(Fault::LoneBackslash(base + quote)),
        State::Single | State::Double | State::Escape { quoted: true } => Err(Fault::OpenQuote(base + quote)),
    };
    (words, end)
}
