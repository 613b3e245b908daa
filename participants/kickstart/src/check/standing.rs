//! Commands, sections and options that the chosen dialect does not have, or not any more.

use std::ops::Range;

use crate::check::report::Report;
use crate::dialect::Dialect;
use crate::table::{Life, Standing};

/// What is looked at: its name, what it is, and where it stands.
pub(super) struct Thing<'a> {
    /// `command`, `section` or `option`.
    pub(super) what: &'static str,
    pub(super) name: &'a str,
    pub(super) line: usize,
    pub(super) span: Range<usize>,
}

/// Reports a thing that is not known in the dialect; an old one is warned about.
pub(super) fn check(thing: Thing<'_>, life: &Life, report: &mut Report<'_>) {
    let Thing { what, name, line, span } = thing;
    let dialect = report.rules.dialect;
    let code = |age: &str| code(age, what);
    let (code, message, help) = match life.standing(dialect) {
        Standing::Known => return,
        Standing::Old => (code("old"), format!("{dialect} is going to drop `{name}`"), None),
        Standing::Gone(_) if dialect == Dialect::Mic => {
            (code("past"), format!("`{name}` is unknown to current installers"), None)
        }
        Standing::Gone(0) => (code("past"), format!("`{name}` is unknown to {dialect}"), None),
        Standing::Gone(release) => {
            let since = format!("it is gone since {}", named(dialect, release));
            (code("past"), format!("`{name}` is unknown to {dialect}"), Some(since))
        }
        Standing::Later(release) => {
            let since = format!("it is there since {}", named(dialect, release));
            (code("later"), format!("`{name}` is unknown to {dialect}"), Some(since))
        }
        Standing::Foreign => {
            let whose = if life.mic { "mic has it" } else { "other installers have it" };
            (code("foreign"), format!("`{name}` is unknown to {dialect}: {whose}"), None)
        }
    };
    let mild = dialect == Dialect::Mic || code.starts_with("old");
    let found = if mild {
        report.warning(code, line, span, message)
    } else {
        report.error(code, line, span, message)
    };
    if let Some(found) = found {
        found.help = help;
    }
}

fn named(dialect: Dialect, release: u16) -> Dialect {
    match dialect {
        Dialect::Rhel(_) => Dialect::Rhel(release),
        Dialect::Fedora(_) | Dialect::Mic => Dialect::Fedora(release),
    }
}

fn code(age: &str, what: &str) -> &'static str {
    match (age, what) {
        ("old", "option") => "old-option",
        ("old", _) => "old-command",
        ("past", "option") => "past-option",
        ("past", _) => "past-command",
        ("later", "option") => "later-option",
        ("later", _) => "later-command",
        (_, "option") => "foreign-option",
        _ => "foreign-command",
    }
}
