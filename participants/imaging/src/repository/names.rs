//! Names of repositories, of images in them, and of the units these belong to.

use std::ffi::OsStr;
use std::fmt;

use crate::NotAWord;

/// What a site calls one of its repositories.
///
/// Invariant: 1 to 60 letters, digits and `.` `_` `-`, a letter or digit first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepositoryName(String);

impl RepositoryName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<RepositoryName, NotAWord> {
        let fits = (1..=60).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        if fits {
            Ok(RepositoryName(text.to_owned()))
        } else {
            Err(NotAWord(format!(
                "{text:?} cannot name a repository: it should be 1 to 60 letters, digits and . _ - with a letter or digit first"
            )))
        }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of an image that OpenGnsys's console accepts: that of its file, without its ending.
///
/// Invariant: 1 to 150 letters and digits of ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CanonicalName(String);

impl CanonicalName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<CanonicalName, NotAWord> {
        if (1..=150).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(CanonicalName(text.to_owned()))
        } else {
            Err(NotAWord(format!(
                "{text:?} is no canonical name: OpenGnsys wants 1 to 150 letters and digits, without blanks, accents, dots or dashes, as `win10lab`"
            )))
        }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CanonicalName {
    type Error = NotAWord;

    fn try_from(text: String) -> Result<CanonicalName, NotAWord> {
        CanonicalName::parse(&text)
    }
}

impl From<CanonicalName> for String {
    fn from(name: CanonicalName) -> String {
        name.0
    }
}

impl fmt::Display for CanonicalName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An organisational unit: a folder of the repository with images of its own.
///
/// Invariant: 1 to 150 bytes that can name a folder which is not hidden, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit(String);

impl Unit {
    /// Reads the name of a unit.
    pub fn parse(text: &str) -> Result<Unit, NotAWord> {
        let fits = (1..=150).contains(&text.len())
            && !text.starts_with(['.', '-'])
            && !text.chars().any(|c| c == '/' || c == '\\' || c.is_control());
        if fits {
            Ok(Unit(text.to_owned()))
        } else {
            Err(NotAWord(format!(
                "{text:?} cannot name an organisational unit: it should be 1 to 150 bytes without `/`, not beginning with `.` or `-`"
            )))
        }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Unit {
    type Error = NotAWord;

    fn try_from(text: String) -> Result<Unit, NotAWord> {
        Unit::parse(&text)
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> String {
        unit.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a file of a repository holds, which its ending says.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ImageKind {
    /// A partition.
    #[default]
    Img,
    /// A whole disk.
    Dsk,
    /// What differs from another image.
    Diff,
    /// A partition, in an old form.
    Pgz,
}

impl ImageKind {
    /// All of them.
    pub const ALL: [ImageKind; 4] = [ImageKind::Img, ImageKind::Dsk, ImageKind::Diff, ImageKind::Pgz];

    /// The ending of its files, without a dot: `img`.
    pub fn ending(self) -> &'static str {
        match self {
            ImageKind::Img => "img",
            ImageKind::Dsk => "dsk",
            ImageKind::Diff => "diff",
            ImageKind::Pgz => "pgz",
        }
    }

    /// Reads the ending of a file, without its dot.
    pub fn of_ending(ending: &OsStr) -> Option<ImageKind> {
        ImageKind::ALL.into_iter().find(|kind| ending == kind.ending())
    }
}

impl fmt::Display for ImageKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.ending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_opengnsys_and_folders_take() {
        for bad in ["", "a b", "a.b", "é", "a/b", "a-b", &"x".repeat(151)] {
            assert!(CanonicalName::parse(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "..", ".x", "a/b", "a\nb", "-x"] {
            assert!(Unit::parse(bad).is_err(), "{bad:?}");
        }
        assert!(RepositoryName::parse("main-1").is_ok() && RepositoryName::parse("a/b").is_err());
    }
}
