//! What is wrong with a kickstart, where, and what would be right.

mod json;

pub(crate) use json::text;

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::include::Origin;
use crate::lines::lines;

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
    /// The file it is about when that was included; see [`crate::Flat::check`].
    pub origin: Option<Origin>,
}

impl Diagnostic {
    /// Returns whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns what is wrong and what would be right, without the place.
    pub fn advice(&self) -> String {
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        printable(&format!("{}{help}", self.message))
    }

    /// Returns one line of text: `file:line:column: error: message`.
    pub fn one_line(&self, file_name: &str) -> String {
        let Diagnostic { line, column, .. } = self;
        let level = if self.is_error() { "error" } else { "warning" };
        let file = self.origin.as_ref().map_or(file_name, |origin| &origin.file);
        let chain = self.included_from().map(|place| format!(" ({place})")).collect::<String>();
        printable(&format!("{file}:{line}:{column}: {level}: {}{chain}", self.advice()))
    }

    /// Returns the message with the line it is about and a marker below, as rustc prints it, without colours.
    ///
    /// `source` is the text the kickstart was parsed from.
    pub fn render(&self, file_name: &str, source: &(impl AsRef<[u8]> + ?Sized)) -> String {
        let level = if self.is_error() { Level::ERROR } else { Level::WARNING };
        let (shown, span) = self.excerpt(source.as_ref());
        let snippet = Snippet::source(&shown)
            .path(self.origin.as_ref().map_or(file_name, |origin| &origin.file))
            .line_start(self.line)
            .annotation(AnnotationKind::Primary.span(span));
        let mut report = level.primary_title(printable(&self.message)).element(snippet);
        if let Some(help) = &self.help {
            report = report.element(Level::HELP.message(printable(help)));
        }
        for place in self.included_from() {
            report = report.element(Level::NOTE.message(printable(&place)));
        }
        Renderer::plain().decor_style(DecorStyle::Ascii).render(&[report])
    }

    /// Returns the chain of lines that lead to the file, the nearest first.
    fn included_from(&self) -> impl Iterator<Item = String> {
        let chain = self.origin.iter().flat_map(|origin| &origin.included_from);
        chain.map(|(file, line)| format!("included from {file}:{line}"))
    }

    /// Returns the line, cut behind the place when it is very long, and the place in it.
    fn excerpt(&self, source: &[u8]) -> (String, Range<usize>) {
        let before = source.get(..self.span.start).unwrap_or_default();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = lines(&source[start..], 1, start).next().map_or(&source[..0], |line| line.content());
        let from = (self.span.start - start.min(self.span.start)).min(line.len());
        let to = self.span.end.saturating_sub(start).min(from + 200).clamp(from, line.len());
        let end = (to + 200).min(line.len());
        let [before, marked, after] =
            [&line[..from], &line[from..to], &line[to..end]].map(String::from_utf8_lossy);
        let span = before.len()..before.len() + marked.len();
        (format!("{before}{marked}{after}"), span)
    }
}

/// Returns `text` without characters that would disturb a terminal.
fn printable(text: &str) -> String {
    let disturbs = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if disturbs(c) { '\u{fffd}' } else { c }).collect()
}
