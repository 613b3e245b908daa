//! The rules a kickstart is held to.

mod arguments;
mod commands;
mod nearest;
mod report;
mod sections;
mod splitting;
mod standing;

pub(crate) use arguments::fits;
#[cfg(feature = "kickstarter")]
pub(crate) use nearest::did_you_mean;

use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::document::Kickstart;
use crate::items::Item;
use report::Report;

/// What a caller allows.
///
/// ```
/// use img_kickstart::{Kickstart, Rules, check_with};
///
/// let ks = Kickstart::parse("%include /tmp/disks.ks\n");
/// assert!(check_with(&ks, &Rules::default().include_allowed(true)).is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Whether `%include` and `%ksappend` are fine; a service that reads foreign kickstarts says no.
    pub include_allowed: bool,
    /// After this many findings the check stops.
    pub limit: usize,
    /// Who is going to read the kickstart.
    pub dialect: Dialect,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { include_allowed: false, limit: 1000, dialect: Dialect::Mic }
    }
}

impl Rules {
    /// Returns the same rules with `%include` and `%ksappend` allowed or not.
    pub fn include_allowed(self, include_allowed: bool) -> Rules {
        Rules { include_allowed, ..self }
    }

    /// Returns the same rules for kickstarts that somebody else is going to read.
    ///
    /// ```
    /// use img_kickstart::{Dialect, Kickstart, Rules, check_with};
    ///
    /// let ks = Kickstart::parse("desktop --session=x\n");
    /// let found = check_with(&ks, &Rules::default().dialect(Dialect::FEDORA));
    /// assert_eq!(found[0].message, "`desktop` is unknown to Fedora 46: mic has it");
    /// ```
    pub fn dialect(self, dialect: Dialect) -> Rules {
        Rules { dialect, ..self }
    }
}

/// Returns everything that is wrong with a kickstart, in the order of the file, by the strictest rules.
pub fn check(ks: &Kickstart) -> Vec<Diagnostic> {
    check_with(ks, &Rules::default())
}

/// Returns everything that is wrong with a kickstart, in the order of the file.
pub fn check_with(ks: &Kickstart, rules: &Rules) -> Vec<Diagnostic> {
    let mut report = Report::new(ks.as_bytes(), rules);
    let mut seen = commands::Seen::default();
    let (mut hidden, mut looked_at) = (false, 0);
    for item in ks.items() {
        if report.is_full() {
            break;
        }
        let span = item.span();
        hidden = hidden || splitting::hidden_line(looked_at..span.start, &mut report); // once is enough
        looked_at = span.end;
        match item {
            Item::Command(command) => commands::check(&command, &mut seen, &mut report),
            Item::Section(section) => sections::check(&section, &mut report),
            Item::StrayEnd(command) => sections::stray_end(&command, &mut report),
        }
    }
    if !hidden {
        splitting::hidden_line(looked_at..ks.as_bytes().len(), &mut report);
    }
    report.into_diagnostics()
}
