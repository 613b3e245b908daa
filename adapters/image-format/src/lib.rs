//! What a disk image is, told from its first bytes, and whether it is whole.
//!
//! An image may come from partclone, partimage, ntfsclone, fsarchiver or dd, and out of gzip, lzop, bzip2, xz, zstd, lz4
//! or no compressor. [`recognise`] reads the first bytes of a file or stream, never seeks, runs no program, and unpacks no
//! more than it needs: at most 68 KiB, whatever the file says of itself. [`verify`] reads a whole image once and holds it
//! against every checksum it has.
//!
//! ```
//! let mut swap = vec![0; 4096];
//! swap[1024..1032].copy_from_slice(&[1, 0, 0, 0, 255, 15, 0, 0]); // version 1, last page 4095
//! swap[4086..].copy_from_slice(b"SWAPSPACE2");
//!
//! let image = image_format::recognise(&swap[..], None)?;
//!
//! assert_eq!(image.restore_bytes, Some(16 << 20));
//! assert_eq!(image.line().to_string(), "RAW:NONE:SWAP:16384");
//! # Ok::<(), image_format::Refused>(())
//! ```
//!
//! In the order of the data: `compressor` knows the outside by its magic, `source` unpacks it, `head` keeps the first
//! bytes, `partclone`, `partimage`, `ntfsclone`, `fsarchiver` and `raw` read them, `image` is the answer, `opengnsys` its
//! words for OpenGnsys, and `verify` walks the rest.

mod bytes;
mod compressor;
mod filesystem;
mod fsarchiver;
mod head;
mod image;
mod ntfsclone;
mod opengnsys;
mod partclone;
mod partimage;
mod raw;
mod refused;
mod source;
mod tool;
mod verify;

pub use compressor::Compressor;
pub use filesystem::FileSystem;
pub use image::{Image, Obstacle, TooSmall, recognise};
pub use opengnsys::{CompatLine, Line};
pub use refused::Refused;
pub use tool::Tool;
pub use verify::{Fault, Layer, Place, Report, verify};

/// No disk is larger, so whatever says it is lies: 1 EiB.
pub const LARGEST: u64 = 1 << 60;
