//! Where a line of several files comes from.

use std::fmt;

use super::IncludeError;
use crate::check::{Rules, check_with};
use crate::diagnostic::Diagnostic;
use crate::document::Kickstart;

/// A line of a file, and the lines that include this file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What the file is called.
    pub file: String,
    /// The line in it, counted from 1.
    pub line: usize,
    /// The file and the line that include it, those that include that, and so on.
    pub included_from: Vec<(String, usize)>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.included_from.iter().try_for_each(|(file, line)| write!(f, ", included from {file}:{line}"))
    }
}

/// A kickstart that was put together from several files.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat {
    pub(super) kickstart: Kickstart,
    pub(super) files: Vec<File>,
    pub(super) pieces: Vec<Piece>,
    /// Why lines of the whole include still, in their order.
    pub(super) faults: Vec<(usize, IncludeError)>,
}

/// One time that a file was read; the first is the one that includes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct File {
    pub(super) name: String,
    /// The index of the file that includes it, and the line there.
    pub(super) from: Option<(usize, usize)>,
    /// How many files it is within.
    pub(super) depth: usize,
}

/// Lines of one file that stand together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// The first line in the whole.
    pub(super) line: usize,
    /// The same line in its file.
    pub(super) line_there: usize,
    pub(super) file: usize,
}

impl Flat {
    /// Returns the whole, in which nothing is included any more but what has [`faults`](Flat::faults).
    pub fn kickstart(&self) -> &Kickstart {
        &self.kickstart
    }

    /// Returns the whole, as [`kickstart`](Flat::kickstart) does.
    pub fn into_kickstart(self) -> Kickstart {
        self.kickstart
    }

    /// Returns where a line of the whole comes from.
    pub fn origin(&self, line: usize) -> Origin {
        let piece = self.pieces.partition_point(|piece| piece.line <= line).saturating_sub(1);
        match self.pieces.get(piece) {
            Some(piece) => {
                origin(&self.files, piece.file, piece.line_there + line.saturating_sub(piece.line))
            }
            None => origin(&self.files, 0, line),
        }
    }

    /// Returns why lines still include, in their order; [`Kickstart::flatten`] leaves none.
    pub fn faults(&self) -> impl Iterator<Item = &IncludeError> {
        self.faults.iter().map(|(_, fault)| fault)
    }

    /// Checks the whole; each finding says the file it is about and what includes that.
    ///
    /// A line that still includes is an error that says why. The line of a finding is that of its file. To render one,
    /// the source is the whole.
    pub fn check(&self, rules: &Rules) -> Vec<Diagnostic> {
        let mut found = check_with(&self.kickstart, &rules.clone().include_allowed(false));
        for found in &mut found {
            if found.code == "include" {
                let fault = self.faults.binary_search_by_key(&found.line, |(line, _)| *line).ok();
                if let Some((_, fault)) = fault.and_then(|fault| self.faults.get(fault)) {
                    (found.message, found.help) = (fault.reason.to_string(), None);
                }
            }
            let origin = self.origin(found.line);
            found.line = origin.line;
            if origin.included_from.is_empty() {
                continue; // it is the caller's own file, which the caller names
            }
            found.origin = Some(origin);
        }
        found
    }
}

/// Returns line `line` of a file with the chain that leads to it.
pub(super) fn origin(files: &[File], file: usize, line: usize) -> Origin {
    let mut included_from = Vec::new();
    let mut from = files[file].from;
    while let Some((file, line)) = from {
        included_from.push((files[file].name.clone(), line));
        from = files[file].from;
    }
    Origin { file: files[file].name.clone(), line, included_from }
}
