//! Files put in place of the lines that name them, without a stack of calls.

use std::collections::HashSet;

use super::origin::{File, Flat, Piece, origin};
use super::{IncludeError, IncludeFault};
use crate::document::Kickstart;
use crate::lines::{Line, ending, head, lines, without_ending};
use crate::words;

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference<'a> {
    /// The path or the URL, as written.
    pub name: &'a str,
    /// What the file with this line is called, as its own [`Found`] said.
    pub from: &'a str,
    /// The line in that file, counted from 1.
    pub line: usize,
}

/// What a reader gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What messages call it; two names that are the same are the same file.
    pub name: String,
    /// The bytes of the file.
    pub text: Vec<u8>,
}

/// How much may be included.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Files within files; 32 unless changed.
    pub depth: usize,
    /// Files in all; 10,000 unless changed.
    pub files: usize,
    /// Bytes of the whole; 256 MiB unless changed.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth: 32, files: 10_000, bytes: 256 << 20 }
    }
}

/// A file of which some lines are read.
struct Open {
    /// Its index in `files`.
    file: usize,
    text: Vec<u8>,
    /// Where its next line starts, and the number of that line.
    at: usize,
    line: usize,
}

/// Reads files one after the other; an included one is read to its end before the rest of the one that includes it.
pub(super) fn follow(
    ks: &Kickstart,
    name: &str,
    limits: &Limits,
    mut read: impl FnMut(&super::Reference<'_>) -> Result<Found, String>,
) -> Result<Flat, IncludeError> {
    let mut files = vec![File { name: name.to_owned(), from: None, depth: 0 }];
    let mut open = vec![Open { file: 0, text: ks.as_bytes().to_vec(), at: 0, line: 1 }];
    let mut names = HashSet::from([name.to_owned()]);
    let mut waiting = ks.as_bytes().len();
    let (mut whole, mut written, mut pieces) = (Vec::new(), 0, Vec::<Piece>::new());
    while let Some(current) = open.last_mut() {
        let Some(line) = lines(&current.text[current.at..], current.line, current.at).next() else {
            names.remove(&files[current.file].name);
            open.pop();
            continue;
        };
        current.at = line.span().end;
        current.line += 1;
        waiting -= line.text.len();
        let this = (current.file, line.number);
        if !matches!(head(line.text).split('#').next(), Some("%include" | "%ksappend")) {
            let goes_on = pieces.last().is_some_and(|piece| {
                piece.file == this.0 && this.1 - piece.line_there == written + 1 - piece.line
            });
            if !goes_on {
                pieces.push(Piece { line: written + 1, line_there: this.1, file: this.0 });
            }
            close(&mut whole, &line);
            whole.extend_from_slice(line.text);
            written += 1;
            continue;
        }
        let wrong = |files: &[File], reason| IncludeError { origin: origin(files, this.0, this.1), reason };
        let (wanted, kind) = named(&line);
        let Some(wanted) = wanted else { return Err(wrong(&files, IncludeFault::NoName(kind))) };
        let depth = files[this.0].depth + 1;
        if depth > limits.depth {
            return Err(wrong(&files, IncludeFault::TooDeep { name: wanted, depth }));
        }
        if files.len() > limits.files {
            return Err(wrong(&files, IncludeFault::TooMany(limits.files)));
        }
        let from = &files[this.0].name;
        let found = read(&Reference { name: &wanted, from, line: this.1 })
            .map_err(|why| wrong(&files, IncludeFault::Unreadable { name: wanted.clone(), why }))?;
        if !names.insert(found.name.clone()) {
            return Err(wrong(&files, IncludeFault::Loop(found.name)));
        }
        waiting += found.text.len();
        if whole.len() + waiting > limits.bytes {
            return Err(wrong(&files, IncludeFault::TooLong { name: wanted, bytes: limits.bytes }));
        }
        files.push(File { name: found.name, from: Some(this), depth });
        open.push(Open { file: files.len() - 1, text: found.text, at: 0, line: 1 });
    }
    Ok(Flat { kickstart: Kickstart::parse(whole), files, pieces })
}

/// Ends the last line of a file that did not, now that something follows it.
fn close(whole: &mut Vec<u8>, next: &Line<'_>) {
    if whole.last().is_some_and(|byte| *byte != b'\n') {
        whole.extend_from_slice(ending(next.text).unwrap_or("\n").as_bytes());
    }
}

/// Returns what the line names, and the word it starts with.
fn named(line: &Line<'_>) -> (Option<String>, String) {
    let (words, _) = words::split(without_ending(line.text), line.start);
    let mut words = words.into_iter().map(|word| word.text.into_owned());
    let kind = words.next().unwrap_or_default();
    (words.next().filter(|name| !name.is_empty()), kind)
}
