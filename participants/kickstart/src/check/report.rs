//! Findings as they are collected.

use std::ops::Range;

use crate::check::Rules;
use crate::diagnostic::{Diagnostic, Severity};

/// The findings so far.
pub(super) struct Report<'a> {
    pub(super) rules: &'a Rules,
    source: &'a [u8],
    found: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a [u8], rules: &'a Rules) -> Report<'a> {
        Report { rules, source, found: Vec::new() }
    }

    /// Adds an error about the bytes `span` of line `line`; `None` once the limit is reached.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        line: usize,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Option<&mut Diagnostic> {
        self.add(Severity::Error, code, line, span, message.into())
    }

    /// Adds a warning about the bytes `span` of line `line`; `None` once the limit is reached.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        line: usize,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Option<&mut Diagnostic> {
        self.add(Severity::Warning, code, line, span, message.into())
    }

    /// Returns the whole text.
    pub(super) fn source(&self) -> &'a [u8] {
        self.source
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= self.rules.limit
    }

    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| (found.line, found.span.start));
        self.found
    }

    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        line: usize,
        span: Range<usize>,
        message: String,
    ) -> Option<&mut Diagnostic> {
        if self.is_full() {
            return None; // a line of a million mistakes must not cost a million look-ups of its columns
        }
        let message = clipped(message);
        let before = &self.source[..span.start];
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        self.found.push(Diagnostic { severity, code, message, help: None, line, column, span, origin: None });
        self.found.last_mut()
    }
}

/// Returns a message without the middle of what made it very long.
fn clipped(message: String) -> String {
    if message.len() < 300 {
        return message;
    }
    let end = message.chars().rev().take(60).collect::<Vec<_>>();
    message.chars().take(160).chain(['…']).chain(end.into_iter().rev()).collect()
}
