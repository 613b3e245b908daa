//! What people note of an image.

use std::fmt;
use std::num::NonZeroU16;

use super::{CanonicalName, Unit};
use crate::NotAWord;

/// A text of a registration.
///
/// Invariant: 1 to 250 characters, no control character, no blank at its ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Wording(String);

impl Wording {
    /// Reads a text; blanks at its ends do not count.
    pub fn parse(text: &str) -> Result<Wording, NotAWord> {
        let text = text.trim();
        if (1..=250).contains(&text.chars().count()) && !text.contains(char::is_control) {
            Ok(Wording(text.to_owned()))
        } else {
            Err(NotAWord(format!("{text:?} should be one line of 1 to 250 characters")))
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Wording {
    type Error = NotAWord;

    fn try_from(text: String) -> Result<Wording, NotAWord> {
        Wording::parse(&text)
    }
}

impl From<Wording> for String {
    fn from(text: Wording) -> String {
        text.0
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What people note of an image, so that they know it again: everything OpenGnsys's console asks for.
///
/// The repository is the one that keeps it. A file of the same name, and in the folder of the same unit, is the image.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Registration {
    /// The name of its file, without the ending.
    pub name: CanonicalName,
    /// The organisational unit it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What people call it: `Windows 10, laboratory`.
    pub title: Wording,
    /// What is installed on it.
    pub software_profile: Wording,
    /// The number of the partition it was made from, or goes to.
    pub partition: NonZeroU16,
    /// The type of that partition, as `NTFS` or `LINUX`.
    pub partition_type: Wording,
    /// Anything else.
    pub comments: Wording,
}
