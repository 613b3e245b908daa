//! Which image of a repository.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::{CanonicalName, ImageKind, Unit};
use crate::NotAWord;

/// Which image of a repository: the path of its file, `win10.img` or `lab1/win10.img`.
///
/// The file may have any name that somebody gave it, of any bytes.
/// Invariant: one or two names that are not hidden, the last one with the ending of an [`ImageKind`] after something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImagePath(PathBuf);

/// What stands in an address as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~').remove(b'/');

impl ImagePath {
    /// Takes a path relative to the repository.
    pub fn new(path: impl Into<PathBuf>) -> Result<ImagePath, NotAWord> {
        let path = path.into();
        if fits(&path) {
            return Ok(ImagePath(path));
        }
        Err(NotAWord(format!(
            "{:?} is no image of a repository: those are called NAME.img, or UNIT/NAME.img in the folder of a unit; other endings are dsk, diff and pgz",
            path.to_string_lossy()
        )))
    }

    /// Returns the path of an image that is registered, or is to be.
    pub fn of(unit: Option<&Unit>, name: &CanonicalName, kind: ImageKind) -> ImagePath {
        let ending = if kind == ImageKind::Diff { "img.diff" } else { kind.ending() };
        let file = format!("{name}.{ending}");
        ImagePath(unit.map_or_else(PathBuf::new, |unit| unit.as_str().into()).join(file))
    }

    /// Reads what a person writes: a path, or a name without an ending, which means `.img`.
    pub fn parse(text: &str) -> Result<ImagePath, NotAWord> {
        ImagePath::new(text).or_else(|error| ImagePath::new(format!("{text}.img")).map_err(|_| error))
    }

    /// Reads what [`ImagePath::address`] wrote.
    pub fn from_address(text: &str) -> Result<ImagePath, NotAWord> {
        let bytes = percent_decode_str(text).collect();
        ImagePath::new(std::ffi::OsString::from_vec(bytes))
    }

    /// Returns it as a part of a web address: `/` stays, and every other odd byte is `%XX`.
    pub fn address(&self) -> String {
        percent_encode(self.0.as_os_str().as_bytes(), PLAIN).to_string()
    }

    /// Returns the path relative to the repository.
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// Returns the name of the folder it is in; none in that of the repository itself.
    pub fn folder(&self) -> Option<&OsStr> {
        self.0.parent().map(Path::as_os_str).filter(|folder| !folder.is_empty())
    }

    /// Returns the unit, when its folder has a name that one can have.
    pub fn unit(&self) -> Option<Unit> {
        Unit::parse(self.folder()?.to_str()?).ok()
    }

    /// Returns the name of the file.
    pub fn file_name(&self) -> &OsStr {
        self.0.file_name().expect("it has a name")
    }

    /// Returns the name without its ending: that of OpenGnsys, when it can be one.
    pub fn canonical_name(&self) -> Option<CanonicalName> {
        let name = self.file_name().to_str()?;
        let stem = name.strip_suffix(".img.diff").or_else(|| name.rsplit_once('.').map(|(stem, _)| stem))?;
        CanonicalName::parse(stem).ok()
    }

    /// Returns what it holds.
    pub fn kind(&self) -> ImageKind {
        self.0.extension().and_then(ImageKind::of_ending).expect("it has such an ending")
    }
}

fn fits(path: &Path) -> bool {
    let names: Vec<&OsStr> = path
        .components()
        .map(|part| if let Component::Normal(name) = part { name } else { OsStr::new("") })
        .collect();
    let visible = |name: &&OsStr| !name.is_empty() && !name.as_bytes().starts_with(b".");
    (1..=2).contains(&names.len())
        && names.iter().all(visible)
        // as it stands: without `./`, `//` and the like
        && path.as_os_str().as_bytes() == names.join(OsStr::new("/")).as_bytes()
        && !path.as_os_str().as_bytes().contains(&0)
        && path.extension().is_some_and(|ending| ImageKind::of_ending(ending).is_some())
}

/// Writes it for people; what is no text is not shown as it is.
impl fmt::Display for ImagePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sign in self.0.to_string_lossy().chars() {
            if sign.is_control() { write!(out, "{}", sign.escape_debug())? } else { write!(out, "{sign}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_or_two_names_with_an_ending() {
        for good in
            ["a.img", "a b.img", "x'y\".dsk", "lab/a.pgz", "a.img.diff", "a\nb.img", "é/ñ.img", "-rf.img"]
        {
            let path = ImagePath::new(good).unwrap();
            assert_eq!(ImagePath::from_address(&path.address()).unwrap(), path, "{good}");
        }
        for bad in [
            "",
            "a",
            ".img",
            "..",
            "../a.img",
            "/a.img",
            "a/../b.img",
            "./a.img",
            "a//b.img",
            "a/b/c.img",
            ".a.img",
            "a/.b.img",
            ".a/b.img",
            "a.img/",
            "a.img.sum",
            "a.IMG",
            "a\0.img",
        ] {
            assert!(ImagePath::new(bad).is_err(), "{bad:?}");
        }
        let odd = ImagePath::new(std::ffi::OsString::from_vec(b"\xff\n.img".to_vec())).unwrap();
        assert_eq!((odd.address(), odd.to_string()), ("%FF%0A.img".into(), "\u{fffd}\\n.img".into()));
        assert_eq!(ImagePath::from_address("%FF%0A.img").unwrap(), odd);
        assert_eq!(ImagePath::parse("lab/win10").unwrap().to_string(), "lab/win10.img");
    }

    #[test]
    fn a_path_tells_its_name_and_unit() {
        let name = CanonicalName::parse("win10").unwrap();
        let unit = Unit::parse("Aula 1").unwrap();
        for kind in ImageKind::ALL {
            let path = ImagePath::of(Some(&unit), &name, kind);
            assert_eq!(
                (path.canonical_name(), path.unit(), path.kind()),
                (Some(name.clone()), Some(unit.clone()), kind)
            );
        }
        assert_eq!(ImagePath::parse("a b.img").unwrap().canonical_name(), None);
    }
}
