//! Why nobody can say what an image is.

use std::io;

use crate::{Compressor, Tool};

/// Why a file is not taken for an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The file or stream itself could not be read; whoever keeps it can mend that.
    #[error("cannot read the image")]
    Read(#[source] io::Error),
    /// There is not one byte in it.
    #[error("the image is empty: whatever made it failed, make it again")]
    Empty,
    /// It begins like no image known.
    #[error(
        "this is no image of partclone, partimage, ntfsclone or fsarchiver, and holds no file system and no partition table that is known"
    )]
    Unknown,
    /// It is packed by a program that is known by name only.
    #[error(
        "the image is packed by {name}, which is not supported: unpack it and pack it with zstd, gzip or lzop"
    )]
    Unsupported {
        /// The compressor.
        name: &'static str,
    },
    /// What the compressor wrote cannot be unpacked.
    #[error("{compressor} cannot be unpacked at byte {at} of the file: {why}")]
    Unpack {
        /// The compressor.
        compressor: Compressor,
        /// How many bytes of the file were read.
        at: u64,
        /// What the decoder says.
        why: String,
    },
    /// It ends in the middle of its own header.
    #[error(
        "the image of {tool} ends after {have} bytes, in the middle of its header of {need}: copy it again"
    )]
    Cut {
        /// What it began as.
        tool: Tool,
        /// How many bytes there are, unpacked.
        have: u64,
        /// How many its header has.
        need: u64,
    },
    /// A field of the header is not what it can be.
    #[error("the header of the image of {tool} is damaged: {why}")]
    Damaged {
        /// What it began as.
        tool: Tool,
        /// Which field, and what is wrong with it.
        why: String,
    },
    /// It was written by a machine that stores numbers the other way round.
    #[error(
        "the image of {tool} was written by a big-endian machine, which {tool} itself restores on such a machine only"
    )]
    OtherEndian {
        /// What it began as.
        tool: Tool,
    },
    /// It was written by a newer version than is known.
    #[error("the image of {tool} has version {version}, newer than this program knows: update it")]
    Future {
        /// What it began as.
        tool: Tool,
        /// The version it names.
        version: String,
    },
    /// It says to be of a size that cannot be.
    #[error("the image says that it holds {what}, which no disk can: its header is damaged")]
    Size {
        /// The size as it says it.
        what: String,
    },
}

impl Refused {
    /// The number OpenGnsys has for this: 5 (no valid image), or 2 where the file cannot be read.
    pub fn opengnsys(&self) -> u8 {
        match self {
            Refused::Read(_) => 2,
            _ => 5,
        }
    }
}
