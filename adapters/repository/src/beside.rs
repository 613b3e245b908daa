//! The names of what lies beside an image.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use imaging::ImageKind;

/// Files of OpenGnsys, and ours, which are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// MD5 of the last MiB.
    Sum,
    /// MD5 of all.
    FullSum,
    Torrent,
    /// One line of whoever made the image, until it is in `repoinfo.json`.
    Info,
    /// Somebody works on the image.
    Lock,
    /// What we know of the image, and which state of its file we know it of.
    Known,
    /// The image while it is copied.
    Incoming,
    /// A small file while it is written.
    Aside,
}

/// What goes with an image when it becomes the backup.
pub(crate) const FOLLOWERS: [Beside; 4] = [Beside::Sum, Beside::FullSum, Beside::Torrent, Beside::Known];

/// The longest name a file may have, on every file system that matters.
const LONGEST: usize = 255;

impl Beside {
    pub(crate) fn of(self, image: &OsStr) -> OsString {
        let (before, after) = match self {
            Beside::Sum => ("", ".sum"),
            Beside::FullSum => ("", ".full.sum"),
            Beside::Torrent => ("", ".torrent"),
            Beside::Info => ("", ".info"),
            Beside::Lock => ("", ".lock"),
            Beside::Known => (".", ".known"),
            Beside::Incoming => (".", ".incoming"),
            Beside::Aside => (".", ".aside"),
        };
        joined(before, image, after)
    }

    /// What it is called before it has its name.
    pub(crate) fn aside(self, image: &OsStr) -> OsString {
        let name = self.of(image);
        joined(if self == Beside::Known { "" } else { "." }, &name, ".aside")
    }

    /// The same of the backup.
    pub(crate) fn of_backup(self, image: &OsStr) -> OsString {
        backup(&self.of(image))
    }
}

/// The name of the version before, of whatever file.
pub(crate) fn backup(file: &OsStr) -> OsString {
    joined("", file, ".ant")
}

/// Whether all that may lie beside an image can have its name.
pub(crate) fn has_room(image: &OsStr) -> bool {
    image.len() + "..full.sum.aside".len() <= LONGEST && image.len() + ".lock.".len() + 40 <= LONGEST
}

/// The image that a hidden file of ours belongs to.
pub(crate) fn image_of_hidden(file: &OsStr) -> Option<OsString> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let name = file.as_bytes().strip_prefix(b".")?;
    let name = name.strip_suffix(b".ant").unwrap_or(name);
    let endings: [&[u8]; 3] = [b".known", b".incoming", b".aside"];
    let image = endings.iter().find_map(|ending| name.strip_suffix(*ending))?;
    let before: [&[u8]; 4] = [b".full.sum", b".sum", b".torrent", b".known"];
    let image = before.iter().find_map(|ending| image.strip_suffix(*ending)).unwrap_or(image);
    let image = OsString::from_vec(image.to_owned());
    Path::new(&image).extension().and_then(ImageKind::of_ending).map(|_| image)
}

fn joined(before: &str, name: &OsStr, after: &str) -> OsString {
    let mut whole = OsString::with_capacity(before.len() + name.len() + after.len());
    whole.push(before);
    whole.push(name);
    whole.push(after);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_opengnsys() {
        let image = OsStr::new("win10.img");
        for (beside, name) in [
            (Beside::Sum, "win10.img.sum"),
            (Beside::FullSum, "win10.img.full.sum"),
            (Beside::Torrent, "win10.img.torrent"),
            (Beside::Info, "win10.img.info"),
            (Beside::Lock, "win10.img.lock"),
        ] {
            assert_eq!(beside.of(image), name);
        }
        assert_eq!(Beside::FullSum.of_backup(image), "win10.img.full.sum.ant");
        assert_eq!(backup(image), "win10.img.ant");
        for ours in [Beside::Known, Beside::Incoming, Beside::Aside] {
            assert_eq!(image_of_hidden(&ours.of(image)).as_deref(), Some(image));
        }
        assert_eq!(image_of_hidden(&Beside::Known.of_backup(image)).as_deref(), Some(image));
        for one in FOLLOWERS {
            assert_eq!(image_of_hidden(&one.aside(image)).as_deref(), Some(image), "{one:?}");
        }
        for other in [".known", ".ssh.known", "win10.img.known", ".bashrc", ".win10.img.swp"] {
            assert!(image_of_hidden(OsStr::new(other)).is_none(), "{other}");
        }
    }
}
