//! The names of an image, safe to be names of folders and files.

use crate::NotAWord;

/// The unique id of an image job, as `demo-20261121-074533`.
///
/// Invariant: not empty, at most 200 characters, all of them `A-Z a-z 0-9 _ -`; it is the name of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageId(String);

impl ImageId {
    /// Makes a new id that begins with what may stand there of `stem`, and ends with `end`.
    ///
    /// It does not begin with a dash, which commands take for an option; where nothing is left it begins with `image`.
    pub fn new(stem: &str, end: &str) -> Result<ImageId, NotAWord> {
        let kept = kept(stem);
        let stem = match kept.trim_start_matches('-') {
            "" => "image",
            stem => stem,
        };
        ImageId::reduce(&format!("{stem}-{end}"))
    }

    /// Reads an id that is there, leaving out what may not stand in the name of its folder.
    pub fn reduce(text: &str) -> Result<ImageId, NotAWord> {
        let kept = kept(text);
        if kept.is_empty() || kept.len() > 200 {
            return Err(NotAWord(format!(
                "image_id `{text}` should have 1 to 200 letters, digits, `_` or `-`"
            )));
        }
        Ok(ImageId(kept))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn kept(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect()
}

impl std::fmt::Display for ImageId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of an image, usually VERTICAL-ARCH-VARIANT; its files are called after it.
///
/// Invariant: one path component of at most 150 bytes that does not begin with a dot or a dash, without control
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageName(String);

impl ImageName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<ImageName, NotAWord> {
        let fits = !text.is_empty()
            && text.len() <= 150
            && !text.starts_with(['.', '-'])
            && !text.chars().any(|c| c == '/' || c == '\\' || c.is_control());
        if fits {
            Ok(ImageName(text.to_owned()))
        } else {
            Err(NotAWord(format!(
                "image name {text:?} cannot name a file: it should be 1 to 150 bytes without `/`, not beginning with `.` or `-`"
            )))
        }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ImageName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_never_leave_its_folder() {
        for (text, id) in [("a-1_B", "a-1_B"), ("../../etc", "etc"), ("a b/c\n", "abc")] {
            assert_eq!(ImageId::reduce(text).unwrap().as_str(), id);
        }
        assert!(ImageId::reduce("../..").is_err());
        assert!(ImageId::reduce(&"x".repeat(201)).is_err());
    }

    #[test]
    fn a_new_id_is_no_option_of_a_command() {
        for (stem, id) in [
            ("demo", "demo-1"),
            ("ü", "image-1"),
            ("", "image-1"),
            ("-rf", "rf-1"),
            ("--", "image-1"),
            ("é-x", "x-1"),
            (".x", "x-1"),
            ("_-x", "_-x-1"),
        ] {
            assert_eq!(ImageId::new(stem, "1").unwrap().as_str(), id, "{stem:?}");
        }
        assert_eq!(ImageId::reduce("-x").unwrap().as_str(), "-x", "one that is there stays as it is");
    }

    #[test]
    fn a_name_is_one_path_component() {
        for good in ["n900-armv7hl-devel", "héllo world", "a.b"] {
            assert!(ImageName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "..", ".hidden", "-rf", "a/b", "a\nb", "a\\b", &"x".repeat(151)] {
            assert!(ImageName::parse(bad).is_err(), "{bad}");
        }
    }
}
