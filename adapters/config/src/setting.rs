//! A value that is in force, and where it came from.

use std::fmt;
use std::path::Path;

use crate::mistake::{At, Mistake};

/// A value that is in force.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// The text; an empty one counts as none.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of a configuration file.
    Line(At),
    /// An environment variable, and the line of the `.env` file that sets it, if one does.
    Variable(String, Option<At>),
    /// Nobody set it.
    Default,
}

impl Origin {
    /// Makes a mistake of this place; `file` is named when nobody set the value.
    pub(crate) fn mistake(&self, file: &Path, message: String) -> Mistake {
        match self {
            Origin::Line(at) | Origin::Variable(_, Some(at)) => Mistake::in_line(at, message),
            Origin::Variable(name, None) => Mistake::of_file(Path::new(&format!("${name}")), message),
            Origin::Default => Mistake::of_file(file, message),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Line(at) => write!(f, "{at}"),
            Origin::Variable(name, Some(at)) => write!(f, "{at} (${name})"),
            Origin::Variable(name, None) => write!(f, "${name}"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// Does not show the text: it may be a password.
impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting").field("origin", &self.origin).finish_non_exhaustive()
    }
}
