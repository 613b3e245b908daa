//! What is wrong with a file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// How many mistakes of one file are told; of the rest only the number.
const TOLD: usize = 50;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The file, as it was named.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: u32,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// One mistake in a file; who edits the file can mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", file.display(), colon(*line))]
pub struct Mistake {
    /// The file, as it was named; `$NAME` for an environment variable.
    pub file: PathBuf,
    /// Its line, from 1; none when it is about the whole file.
    pub line: Option<u32>,
    /// One sentence saying what is wrong and what to do, without any value of the file.
    pub message: String,
}

impl Mistake {
    pub(crate) fn in_line(at: &At, message: impl Into<String>) -> Mistake {
        Mistake { file: at.file.clone(), line: Some(at.line), message: message.into() }
    }

    pub(crate) fn of_file(file: &Path, message: impl Into<String>) -> Mistake {
        Mistake { file: file.to_owned(), line: None, message: message.into() }
    }
}

fn colon(line: Option<u32>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

/// All mistakes of a file, in the order of its lines, or of several files; never empty when returned as an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", each_on_its_line(_0))]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// Keeps the first mistakes and counts the rest.
    pub(crate) fn counted(file: &Path, mut all: Vec<Mistake>) -> Mistakes {
        let more = all.len().saturating_sub(TOLD);
        if more > 0 {
            all.truncate(TOLD);
            all.push(Mistake::of_file(file, format!("there are {more} more mistakes; mend these first")));
        }
        Mistakes(all)
    }
}

impl From<Mistake> for Mistakes {
    fn from(only: Mistake) -> Mistakes {
        Mistakes(vec![only])
    }
}

fn each_on_its_line(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(Mistake::to_string).collect::<Vec<_>>().join("\n")
}

/// Returns a name of the file for a message: short, and without anything a terminal obeys.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = name.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if name.chars().nth(LONGEST).is_some() { format!("{short}…") } else { short }
}
