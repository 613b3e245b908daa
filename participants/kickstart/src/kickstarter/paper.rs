//! A kickstart while it is written: each line knows which setting it came from.

use super::mistake::{At, Report};
use crate::check::{Rules, check_with};
use crate::document::Kickstart;

/// The longest kickstart, in bytes.
const LONGEST: usize = 16 << 20;

/// Lines and their origins.
#[derive(Debug, Default)]
pub(super) struct Paper {
    text: String,
    origins: Vec<Option<At>>,
}

impl Paper {
    /// Writes one line.
    pub(super) fn line(&mut self, line: &str, at: Option<&At>) {
        self.text.push_str(line);
        self.text.push('\n');
        self.origins.push(at.cloned());
    }

    /// Writes a blank line between what was written and what follows.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.line("", None);
        }
    }

    /// Writes the lines of a file; `at` is its first.
    pub(super) fn snippet(&mut self, text: &str, at: &At) {
        for (number, line) in (at.line..).zip(text.lines()) {
            self.line(line, Some(&At { line: number, ..at.clone() }));
        }
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.text.len() > LONGEST
    }

    /// Returns the text, if `img ks check` has nothing against it; what it has is told of the setting.
    pub(super) fn checked(self, report: &mut Report, whole: &At) -> String {
        let found = check_with(&Kickstart::parse(self.text.as_str()), &Rules::default());
        let lines: Vec<&str> = self.text.lines().collect();
        for found in found.iter().filter(|found| found.is_error()) {
            let origin = self.origins.get(found.line.saturating_sub(1)).and_then(Option::as_ref);
            let line = lines.get(found.line.saturating_sub(1)).copied().unwrap_or_default();
            let line: String = line.chars().take(200).collect();
            report.add(origin.unwrap_or(whole), format!("this would be `{line}`: {}", found.advice()));
        }
        self.text
    }
}
