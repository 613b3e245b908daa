//! Torrent files about one file, as ctorrent writes and reads them: `read` takes them apart, `write` puts them together.

mod read;
mod write;

use imaging::InfoHash;

/// How many bytes a piece has, in torrents that are made here.
pub const PIECE: u64 = 4 << 20;
/// No torrent file has more bytes: this one would be of 13 TB.
pub const LARGEST: u64 = 64 << 20;

/// What a torrent file says of the one file it is about.
///
/// Invariant: it has as many checksums as its length has pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metainfo {
    /// The address of the tracker; empty when it names none.
    pub announce: Vec<u8>,
    /// In those of OpenGnsys, the MD5 of the file.
    pub comment: Vec<u8>,
    /// The name of the file.
    pub name: Vec<u8>,
    /// How many bytes it has.
    pub length: u64,
    /// How many of them are a piece.
    pub piece_length: u64,
    /// The SHA-1 of each piece, one after another.
    pub pieces: Vec<u8>,
    /// What it is known by.
    pub info_hash: InfoHash,
}

/// Why a torrent file is not the one of an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotThisTorrent {
    /// It is damaged, or something else.
    #[error("it is no torrent of one file: {0}")]
    NoTorrent(String),
    /// It is about another file.
    #[error("it is about another file: {0}")]
    OfAnother(String),
}

impl Metainfo {
    /// Refuses it unless it is about a file of this name and so many bytes, and known by this.
    pub fn is_of(&self, name: &[u8], length: u64, info_hash: InfoHash) -> Result<(), NotThisTorrent> {
        let another = |what: String| Err(NotThisTorrent::OfAnother(what));
        if self.name != name {
            return another(format!("its name is {:?}", String::from_utf8_lossy(&self.name)));
        }
        if self.length != length {
            return another(format!("it has {} bytes, and the image {length}", self.length));
        }
        if self.info_hash != info_hash {
            return another(format!("it is known by {}, and not by {info_hash}", self.info_hash));
        }
        Ok(())
    }
}
