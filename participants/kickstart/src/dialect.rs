//! Whose kickstarts are meant: those of mic, of Fedora, of RHEL.

use std::fmt;
use std::str::FromStr;

/// Who is going to read a kickstart.
///
/// ```
/// use img_kickstart::Dialect;
///
/// assert_eq!("rhel9".parse(), Ok(Dialect::Rhel(9)));
/// assert_eq!("fedora".parse(), Ok(Dialect::FEDORA));
/// assert_eq!(Dialect::default().to_string(), "mic");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// mic in any of its families, which stands on pykickstart; it takes what any current installer takes too.
    #[default]
    Mic,
    /// The installer of this release of Fedora, from 21 on.
    Fedora(u16),
    /// The installer of this release of RHEL, from 7 on.
    Rhel(u16),
}

impl Dialect {
    /// The newest Fedora the table knows.
    pub const FEDORA: Dialect = Dialect::Fedora(46);
    /// The newest RHEL the table knows.
    pub const RHEL: Dialect = Dialect::Rhel(11);
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dialect::Mic => f.write_str("mic"),
            Dialect::Fedora(release) => write!(f, "Fedora {release}"),
            Dialect::Rhel(release) => write!(f, "RHEL {release}"),
        }
    }
}

/// A name that stands for no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no dialect {0:?}; there are mic, fedora, fedora21 to fedora46, rhel, and rhel7 to rhel11")]
pub struct UnknownDialect(pub String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    /// Reads `mic`, `fedora`, `fedora41`, `rhel` or `rhel9`; without a number it is the newest.
    fn from_str(name: &str) -> Result<Dialect, UnknownDialect> {
        let unknown = || UnknownDialect(name.to_owned());
        let release = |text: &str, newest: u16, oldest: u16| match text {
            "" => Ok(newest),
            _ => text.parse().ok().filter(|release| (oldest..=newest).contains(release)).ok_or_else(unknown),
        };
        let (Dialect::Fedora(fedora), Dialect::Rhel(rhel)) = (Dialect::FEDORA, Dialect::RHEL) else {
            return Err(unknown());
        };
        let lower = name.to_ascii_lowercase();
        if lower == "mic" {
            Ok(Dialect::Mic)
        } else if let Some(number) = lower.strip_prefix("fedora") {
            release(number, fedora, 21).map(Dialect::Fedora)
        } else if let Some(number) = lower.strip_prefix("rhel") {
            release(number, rhel, 7).map(Dialect::Rhel)
        } else {
            Err(unknown())
        }
    }
}
