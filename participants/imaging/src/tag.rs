//! Words people put on jobs to find them again.

use crate::NotAWord;

/// A tag of a job.
///
/// Invariant: 1 to 60 characters without commas, control characters, or blanks at its ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    /// How many a job may have.
    pub const MOST: usize = 50;

    /// Reads a tag; blanks at its ends do not count.
    pub fn parse(text: &str) -> Result<Tag, NotAWord> {
        let tag = text.trim();
        let fits =
            (1..=60).contains(&tag.chars().count()) && !tag.contains(|c: char| c == ',' || c.is_control());
        if fits {
            Ok(Tag(tag.to_owned()))
        } else {
            Err(NotAWord(format!("tag {text:?} should have 1 to 60 characters and no comma")))
        }
    }

    /// Returns the tag that protects a job from deletion and expiry.
    pub fn pinned() -> Tag {
        Tag("pinned".into())
    }

    /// Tells whether it protects a job from deletion and expiry.
    pub fn is_pinned(&self) -> bool {
        self.0 == "pinned"
    }

    /// Returns the tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = NotAWord;

    fn try_from(text: String) -> Result<Tag, NotAWord> {
        Tag::parse(&text)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> String {
        tag.0
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Tag;

    #[test]
    fn a_tag_is_a_short_text_without_commas() {
        assert_eq!(Tag::parse(" release 1.2 ").unwrap().as_str(), "release 1.2");
        assert!(Tag::parse("pinned").unwrap().is_pinned());
        for bad in ["", "  ", "a,b", "a\nb", &"x".repeat(61)] {
            assert!(Tag::parse(bad).is_err(), "{bad:?}");
        }
    }
}
