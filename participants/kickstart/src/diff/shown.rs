//! Differences as people and programs read them.

use std::fmt;

use super::{Difference, DifferenceKind};
use crate::diagnostic::text;

impl fmt::Display for Difference {
    /// Writes `+ what was added`, `- what was removed`, `~ what was changed: --option old -> new`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DifferenceKind::Added(what) => write!(f, "+ {what}"),
            DifferenceKind::Removed(what) => write!(f, "- {what}"),
            DifferenceKind::Reordered(what) => write!(f, "~ {what}: another order"),
            DifferenceKind::Changed { thing, option, before, after } => {
                write!(f, "~ {thing}:")?;
                if !option.is_empty() {
                    write!(f, " {option}")?;
                }
                let value = |value: &Option<String>| match value.as_deref() {
                    None => "(none)".to_owned(),
                    Some("") => "(set)".to_owned(),
                    Some(value) => value.to_owned(),
                };
                write!(f, " {} -> {}", value(before), value(after))
            }
        }
    }
}

impl Difference {
    /// Returns the difference as one JSON object on one line.
    ///
    /// Its members are `kind` (`added`, `removed`, `changed`, `reordered`), `what`, for a change `option`, `before` and
    /// `after` (text or null; an option without a value is an empty text), and `line_before` and `line_after`.
    pub fn json(&self) -> String {
        let maybe = |value: &Option<String>| value.as_deref().map_or("null".to_owned(), text);
        let line = |line: Option<usize>| line.map_or("null".to_owned(), |line| line.to_string());
        let rest = match &self.kind {
            DifferenceKind::Added(what) => format!(r#""kind":"added","what":{}"#, text(what)),
            DifferenceKind::Removed(what) => format!(r#""kind":"removed","what":{}"#, text(what)),
            DifferenceKind::Reordered(what) => format!(r#""kind":"reordered","what":{}"#, text(what)),
            DifferenceKind::Changed { thing, option, before, after } => format!(
                r#""kind":"changed","what":{},"option":{},"before":{},"after":{}"#,
                text(thing),
                text(option),
                maybe(before),
                maybe(after)
            ),
        };
        format!(r#"{{{rest},"line_before":{},"line_after":{}}}"#, line(self.before), line(self.after))
    }
}
