//! What is wrong with YAML files, and where.

use std::fmt;
use std::sync::Arc;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) file: Arc<str>,
    /// Counted from 1.
    pub(super) line: usize,
    /// In characters, counted from 1.
    pub(super) column: usize,
    /// The block of settings it is in, or the configuration.
    pub(super) block: Option<Arc<str>>,
}

impl At {
    pub(super) fn mistake(&self, message: impl Into<String>) -> Mistake {
        let At { file, line, column, block } = self;
        Mistake {
            file: file.to_string(),
            line: *line,
            column: *column,
            block: block.as_ref().map(ToString::to_string),
            message: message.into(),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file, as its reader called it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The block of settings or the configuration it is in, when it is in one.
    pub block: Option<String>,
    /// What is wrong, in a clause.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", shown(&self.file), self.line, self.column)?;
        if let Some(block) = &self.block {
            write!(f, "in {}: ", shown(block))?;
        }
        f.write_str(&shown(&self.message))
    }
}

/// Everything that is wrong, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for mistake in &self.0 {
            write!(f, "{between}{mistake}")?;
            between = "\n";
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// How many mistakes are told, and how many warnings.
pub(super) const MOST: usize = 100;

/// Mistakes as they are collected.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Mistake>);

impl Report {
    pub(super) fn add(&mut self, at: &At, message: impl Into<String>) {
        self.push(at.mistake(message));
    }

    pub(super) fn push(&mut self, mistake: Mistake) {
        if !self.is_full() {
            self.0.push(mistake);
        }
    }

    /// Tells whether more would not be told.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// Goes on only when nothing is wrong.
    pub(super) fn finish(self) -> Result<(), Mistakes> {
        if self.0.is_empty() { Ok(()) } else { Err(Mistakes(in_order(self.0))) }
    }
}

/// Sorts by place; what was found several times is told once.
pub(super) fn in_order(mut mistakes: Vec<Mistake>) -> Vec<Mistake> {
    mistakes.sort();
    mistakes.dedup();
    mistakes
}

/// Returns text a terminal shows as it is, without the end of what is very long.
fn shown(text: &str) -> String {
    let text = text.chars().map(|c| if crate::edit::is_break(c) { '\u{fffd}' } else { c });
    let mut shown: String = text.clone().take(400).collect();
    if text.count() > 400 {
        shown.push('…');
    }
    shown
}
