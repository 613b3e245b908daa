//! The program that made an image.

use std::fmt;

/// The program that made an image, which can restore it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tool {
    /// The used blocks of a file system, version 0001 or 0002.
    Partclone,
    /// The used blocks of a file system, 0.6.
    Partimage,
    /// The used clusters of NTFS.
    Ntfsclone,
    /// Files, not blocks.
    Fsarchiver,
    /// Every byte as it was, as dd writes it.
    Raw,
}

impl Tool {
    /// The name of the program, in lower case; `raw` for none.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Partclone => "partclone",
            Tool::Partimage => "partimage",
            Tool::Ntfsclone => "ntfsclone",
            Tool::Fsarchiver => "fsarchiver",
            Tool::Raw => "raw",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
