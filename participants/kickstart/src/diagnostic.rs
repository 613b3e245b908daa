//! What is wrong with a kickstart, where, and what would be right.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::lines::without_ending;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Building from this file would not give what its author wanted.
    Error,
    /// Probably a mistake.
    Warning,
}

/// One thing found in a kickstart.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the rule, such as `unknown-command`.
    pub code: &'static str,
    /// What is wrong, in one clause.
    pub message: String,
    /// What would be right, when that is known.
    pub help: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The bytes of the file it is about.
    pub span: Range<usize>,
}

impl Diagnostic {
    /// Returns whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns one line of text: `file:line:column: error: message`.
    pub fn one_line(&self, file_name: &str) -> String {
        let Diagnostic { line, column, message, .. } = self;
        let level = if self.is_error() { "error" } else { "warning" };
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{file_name}:{line}:{column}: {level}: {}{help}", printable(message))
    }

    /// Returns the message with the line it is about and a marker below, as rustc prints it, without colours.
    ///
    /// `source` is the text the kickstart was parsed from.
    pub fn render(&self, file_name: &str, source: &str) -> String {
        let level = if self.is_error() { Level::ERROR } else { Level::WARNING };
        let (shown, span) = self.excerpt(source);
        let snippet = Snippet::source(shown)
            .path(file_name)
            .line_start(self.line)
            .annotation(AnnotationKind::Primary.span(span));
        let mut report = level.primary_title(printable(&self.message)).element(snippet);
        if let Some(help) = &self.help {
            report = report.element(Level::HELP.message(printable(help)));
        }
        Renderer::plain().decor_style(DecorStyle::Ascii).render(&[report])
    }

    /// Returns the line, cut behind the place when it is very long, and the place in it.
    fn excerpt<'a>(&self, source: &'a str) -> (&'a str, Range<usize>) {
        let start =
            source.get(..self.span.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let line = source[start..].split_inclusive('\n').next().map_or("", without_ending);
        let from = boundary(line, self.span.start.saturating_sub(start));
        let to = boundary(line, self.span.end.saturating_sub(start).min(from + 200)).max(from);
        let end = boundary(line, to + 200);
        (&line[..end], from..to)
    }
}

/// Returns the nearest character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Returns `text` without characters that would disturb a terminal.
fn printable(text: &str) -> String {
    let disturbs = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if disturbs(c) { '\u{fffd}' } else { c }).collect()
}
