//! The program an image was packed by, known by the first bytes of the file.

use std::fmt;

use crate::bytes::{be32, u8_at};

/// The first bytes of a file that tell its compressor and what that one's checksums cover.
pub(crate) const PREFIX: usize = 32;

/// The program an image was packed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compressor {
    /// Not packed.
    None,
    /// gzip or pigz.
    Gzip,
    /// lzop, what OpenGnsys uses unless told.
    Lzop,
    /// bzip2 or lbzip2.
    Bzip2,
    /// xz.
    Xz,
    /// zstd.
    Zstd,
    /// lz4, in its frame format.
    Lz4,
}

/// Compressors whose images are known for what they are, and not unpacked.
const FOREIGN: [(&[u8], &str); 5] = [
    (b"LZIP", "lzip"),
    (b"LRZI", "lrzip"),
    (b"\x5d\x00\x00", "lzma"),
    (b"\x02\x21\x4c\x18", "the old format of lz4"),
    (b"\x1f\x9d", "compress"),
];

impl Compressor {
    /// The name of the program, in lower case; `none` for none.
    pub fn name(self) -> &'static str {
        match self {
            Compressor::None => "none",
            Compressor::Gzip => "gzip",
            Compressor::Lzop => "lzop",
            Compressor::Bzip2 => "bzip2",
            Compressor::Xz => "xz",
            Compressor::Zstd => "zstd",
            Compressor::Lz4 => "lz4",
        }
    }

    /// Which one the first bytes of a file belong to; `Err` is the name of one that is not unpacked.
    pub(crate) fn of(first: &[u8]) -> Result<Compressor, &'static str> {
        let skippable = |first: &[u8]| {
            first.len() >= 4 && (0x50..=0x5f).contains(&first[0]) && first[1..4] == [0x2a, 0x4d, 0x18]
        };
        Ok(match first {
            [0x89, b'L', b'Z', b'O', 0, 0x0d, 0x0a, 0x1a, 0x0a, ..] => Compressor::Lzop,
            [0x1f, 0x8b, 8, ..] => Compressor::Gzip,
            // the text alone may begin any file
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Compressor::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compressor::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Compressor::Zstd,
            [0x04, 0x22, 0x4d, 0x18, ..] => Compressor::Lz4,
            // zstd and lz4 share these; what pzstd writes begins with one
            _ if skippable(first) => Compressor::Zstd,
            _ => match FOREIGN.iter().find(|(magic, _)| first.starts_with(magic)) {
                Some((_, name)) => return Err(name),
                None => Compressor::None,
            },
        })
    }

    /// What its checksums are and what they cover; none when the file has none, or is not packed.
    ///
    /// The first member or frame stands for all of them.
    pub(crate) fn checksum(self, first: &[u8]) -> Option<&'static str> {
        let bit = |byte: usize, mask: u8| u8_at(first, byte).is_some_and(|flags| flags & mask != 0);
        match self {
            Compressor::None => None,
            Compressor::Gzip => Some("CRC-32 and length of everything unpacked"),
            Compressor::Bzip2 => Some("CRC-32 of each block unpacked, and of all of them"),
            Compressor::Lzop => match be32(first, 17)? {
                flags if flags & 0x1 != 0 => Some("Adler-32 of each block unpacked"),
                flags if flags & 0x100 != 0 => Some("CRC-32 of each block unpacked"),
                flags if flags & 0x202 != 0 => Some("a checksum of each block packed"),
                _ => None,
            },
            Compressor::Xz => match u8_at(first, 7)? & 0xf {
                1 => Some("CRC-32 of each block unpacked"),
                4 => Some("CRC-64 of each block unpacked"),
                10 => Some("SHA-256 of each block unpacked"),
                _ => None,
            },
            Compressor::Zstd if u8_at(first, 0) != Some(0x28) => {
                Some("XXH64 of each frame unpacked, where it has one")
            }
            Compressor::Zstd => bit(4, 0x04).then_some("XXH64 of everything unpacked"),
            Compressor::Lz4 if bit(4, 0x04) => Some("XXH32 of everything unpacked"),
            Compressor::Lz4 => bit(4, 0x10).then_some("XXH32 of each block packed"),
        }
    }
}

impl fmt::Display for Compressor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
