//! Since when, and until when, somebody knows a command or an option.

use crate::dialect::Dialect;

/// No release: further off than every other.
pub const NEVER: u16 = u16::MAX;

/// When a thing came, grew old and went, in the releases of Fedora and of RHEL, and whether mic knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Releases of Fedora.
    pub fedora: Span,
    /// Releases of RHEL.
    pub rhel: Span,
    /// Whether mic knows it by itself, whatever became of it elsewhere.
    pub mic: bool,
}

/// Three releases of one distribution; [`NEVER`] stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first that knows it; 0 when it is older than Fedora 21 or RHEL 7.
    pub since: u16,
    /// The first that warns about it.
    pub old: u16,
    /// The first that does not know it any more; 0 when that was before Fedora 21 or RHEL 7.
    pub until: u16,
}

/// What a thing is to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is known.
    Known,
    /// It is known and about to go.
    Old,
    /// It went with this release.
    Gone(u16),
    /// It comes with this release.
    Later(u16),
    /// It belongs to somebody else.
    Foreign,
}

impl Life {
    pub(super) const ALWAYS: Life = Life { fedora: Span::ALWAYS, rhel: Span::ALWAYS, mic: false };

    pub(super) const fn since(self, fedora: u16, rhel: u16) -> Life {
        let (fedora, rhel) = (Span { since: fedora, ..self.fedora }, Span { since: rhel, ..self.rhel });
        Life { fedora, rhel, ..self }
    }
    pub(super) const fn old(self, fedora: u16, rhel: u16) -> Life {
        let (fedora, rhel) = (Span { old: fedora, ..self.fedora }, Span { old: rhel, ..self.rhel });
        Life { fedora, rhel, ..self }
    }
    pub(super) const fn until(self, fedora: u16, rhel: u16) -> Life {
        let (fedora, rhel) = (Span { until: fedora, ..self.fedora }, Span { until: rhel, ..self.rhel });
        Life { fedora, rhel, ..self }
    }
    pub(super) const fn and_mic(self) -> Life {
        Life { mic: true, ..self }
    }

    /// Returns what the thing is in a dialect; mic takes what it has itself and what any current installer has.
    pub fn standing(&self, dialect: Dialect) -> Standing {
        match dialect {
            Dialect::Fedora(release) => self.fedora.standing(release),
            Dialect::Rhel(release) => self.rhel.standing(release),
            Dialect::Mic => {
                let installers = [Dialect::FEDORA, Dialect::RHEL].map(|newest| self.standing(newest));
                let known = installers.iter().any(|found| matches!(found, Standing::Known | Standing::Old));
                if self.mic || known { Standing::Known } else { installers[0] }
            }
        }
    }
}

impl Span {
    const ALWAYS: Span = Span { since: 0, old: NEVER, until: NEVER };

    fn standing(self, release: u16) -> Standing {
        match self {
            Span { since: NEVER, .. } => Standing::Foreign,
            Span { since, .. } if release < since => Standing::Later(since),
            Span { until, .. } if release >= until => Standing::Gone(until),
            Span { old, .. } if release >= old => Standing::Old,
            _ => Standing::Known,
        }
    }
}
