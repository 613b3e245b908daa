//! Findings as they are collected.

use std::ops::Range;

use crate::check::Rules;
use crate::diagnostic::{Diagnostic, Severity};

/// The findings so far.
pub(super) struct Report<'a> {
    pub(super) rules: &'a Rules,
    source: &'a str,
    found: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a str, rules: &'a Rules) -> Report<'a> {
        Report { rules, source, found: Vec::new() }
    }

    /// Adds an error about the bytes `span` of line `line`.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        line: usize,
        span: Range<usize>,
        message: impl Into<String>,
    ) {
        self.add(Severity::Error, code, line, span, message.into());
    }

    /// Adds a warning about the bytes `span` of line `line`.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        line: usize,
        span: Range<usize>,
        message: impl Into<String>,
    ) {
        self.add(Severity::Warning, code, line, span, message.into());
    }

    /// Says what would be right instead of the last finding.
    pub(super) fn help(&mut self, help: Option<String>) {
        if let Some(last) = self.found.last_mut() {
            last.help = help;
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= self.rules.limit
    }

    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.truncate(self.rules.limit);
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
    ) {
        let before = &self.source[..span.start];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..].chars().count() + 1;
        self.found.push(Diagnostic { severity, code, message, help: None, line, column, span });
    }
}
