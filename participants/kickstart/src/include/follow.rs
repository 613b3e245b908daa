//! Files put in place of the lines that name them, without a stack of calls.

use std::collections::HashSet;

use super::inside::Inside;
use super::origin::{File, Flat, Piece, origin};
use super::{IncludeError, IncludeFault};
use crate::document::Kickstart;
use crate::lines::{Line, ending, lines, without_ending};
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
    /// Bytes of all that is read, lines that include among them; 256 MiB unless changed.
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

/// What is left undone is said so often, and then no more is read.
pub(super) const FAULTS: usize = 1000;

/// Reads files one after the other; an included one is read to its end before the rest of the one that includes it.
///
/// A line that cannot be followed stays, and [`Flat::faults`] says why.
pub(super) fn follow(
    ks: &Kickstart,
    name: &str,
    limits: &Limits,
    mut read: impl FnMut(&Reference<'_>) -> Result<Found, String>,
    most_faults: usize,
) -> Flat {
    let mut files = vec![File { name: name.to_owned(), from: None, depth: 0 }];
    let mut open = vec![Open { file: 0, text: ks.as_bytes().to_vec(), at: 0, line: 1 }];
    let mut names = HashSet::from([name.to_owned()]);
    let mut taken = ks.as_bytes().len();
    let (mut whole, mut written, mut pieces) = (Vec::new(), 0, Vec::<Piece>::new());
    let (mut inside, mut faults) = (Inside::default(), Vec::new());
    while let Some(current) = open.last_mut() {
        let Some(line) = lines(&current.text[current.at..], current.line, current.at).next() else {
            names.remove(&files[current.file].name);
            open.pop();
            continue;
        };
        current.at = line.span().end;
        current.line += 1;
        let this = (current.file, line.number);
        if let Some(kind) = inside.includes(&line).filter(|_| faults.len() < most_faults) {
            let mut asked = Asked { limits, files: &files, names: &names, this, taken: &mut taken };
            match asked.found(named(&line).ok_or(IncludeFault::NoName(kind)), &mut read) {
                Ok(found) => {
                    names.insert(found.name.clone());
                    let depth = files[this.0].depth + 1;
                    files.push(File { name: found.name, from: Some(this), depth });
                    open.push(Open { file: files.len() - 1, text: found.text, at: 0, line: 1 });
                    continue;
                }
                Err(reason) => {
                    let error = IncludeError { origin: origin(&files, this.0, this.1), reason };
                    faults.push((written + 1, error));
                }
            }
        }
        let goes_on = pieces.last().is_some_and(|piece| {
            piece.file == this.0 && this.1 - piece.line_there == written + 1 - piece.line
        });
        if !goes_on {
            pieces.push(Piece { line: written + 1, line_there: this.1, file: this.0 });
        }
        close(&mut whole, &line);
        whole.extend_from_slice(line.text);
        written += 1;
    }
    Flat { kickstart: Kickstart::parse(whole), files, pieces, faults }
}

/// A line that asks for a file, and what was read before it.
struct Asked<'a> {
    limits: &'a Limits,
    files: &'a [File],
    names: &'a HashSet<String>,
    /// The file it stands in, and its line there.
    this: (usize, usize),
    /// How many bytes were read.
    taken: &'a mut usize,
}

impl Asked<'_> {
    /// Returns the file, which is not read at all once a limit is reached.
    fn found(
        &mut self,
        wanted: Result<String, IncludeFault>,
        read: &mut impl FnMut(&Reference<'_>) -> Result<Found, String>,
    ) -> Result<Found, IncludeFault> {
        let (name, bytes) = (wanted?, self.limits.bytes);
        let depth = self.files[self.this.0].depth + 1;
        if depth > self.limits.depth {
            return Err(IncludeFault::TooDeep { name, depth });
        }
        if self.files.len() > self.limits.files {
            return Err(IncludeFault::TooMany(self.limits.files));
        }
        if *self.taken > bytes {
            return Err(IncludeFault::TooLong { name, bytes });
        }
        let from = &self.files[self.this.0].name;
        let found = match read(&Reference { name: &name, from, line: self.this.1 }) {
            Ok(found) => found,
            Err(why) => return Err(IncludeFault::Unreadable { name, why }),
        };
        *self.taken = self.taken.saturating_add(found.text.len());
        if *self.taken > bytes {
            return Err(IncludeFault::TooLong { name, bytes });
        }
        if self.names.contains(&found.name) {
            return Err(IncludeFault::Loop(found.name));
        }
        Ok(found)
    }
}

/// Ends the last line of a file that did not, now that something follows it.
fn close(whole: &mut Vec<u8>, next: &Line<'_>) {
    if whole.last().is_some_and(|byte| *byte != b'\n') {
        whole.extend_from_slice(ending(next.text).unwrap_or("\n").as_bytes());
    }
}

/// Returns what the line names.
fn named(line: &Line<'_>) -> Option<String> {
    let (words, _) = words::split(without_ending(line.text), line.start);
    let name = words.into_iter().nth(1)?.text.into_owned();
    Some(name).filter(|name| !name.is_empty())
}
