//! Torrents of one file, as ctorrent writes and reads them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use bendy::decoding::{Decoder, DictDecoder, Error, Object};
use bendy::encoding::{self, AsString, Encoder, SortedDictEncoder};
use imaging::InfoHash;
use sha1::{Digest, Sha1};

/// How many bytes a piece has.
pub(crate) const PIECE: u64 = 4 << 20;
/// No torrent is larger: this one would be of 13 TB.
pub(crate) const LARGEST: u64 = 64 << 20;
/// How deep a torrent may be; one of a file has 2.
const DEEPEST: usize = 8;

/// A torrent of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torrent {
    /// The address of the tracker.
    pub announce: Vec<u8>,
    /// Of OpenGnsys's: the MD5 of the file.
    pub comment: Vec<u8>,
    /// The name of the file.
    pub name: Vec<u8>,
    /// The bytes of the file.
    pub length: u64,
    /// The bytes of a piece.
    pub piece_length: u64,
    /// The SHA-1 of each piece, one after another.
    pub pieces: Vec<u8>,
    /// What it is known by.
    pub info_hash: InfoHash,
}

impl Torrent {
    /// Makes the torrent of a file whose pieces are known.
    pub(crate) fn new(name: &OsStr, length: u64, pieces: Vec<u8>, announce: &str, comment: &str) -> Torrent {
        let mut torrent = Torrent {
            announce: announce.into(),
            comment: comment.into(),
            name: name.as_bytes().to_owned(),
            length,
            piece_length: PIECE,
            pieces,
            info_hash: InfoHash([0; 20]),
        };
        torrent.info_hash = InfoHash(Sha1::digest(torrent.info()).into());
        torrent
    }

    fn info(&self) -> Vec<u8> {
        let mut out = Encoder::new();
        let told = out.emit_dict(|info| self.put(info));
        told.and_then(|()| out.get_output()).expect("its keys are sorted")
    }

    fn put(&self, mut info: SortedDictEncoder<'_>) -> Result<(), encoding::Error> {
        info.emit_pair(b"length", self.length)?;
        info.emit_pair(b"name", AsString(&self.name))?;
        info.emit_pair(b"piece length", self.piece_length)?;
        info.emit_pair(b"pieces", AsString(&self.pieces))
    }

    /// Writes it; `created` is in seconds since 1970.
    pub(crate) fn write(&self, created: i64) -> Vec<u8> {
        let mut out = Encoder::new();
        let told = out.emit_dict(|mut outer| {
            outer.emit_pair(b"announce", AsString(&self.announce))?;
            outer.emit_pair(b"comment", AsString(&self.comment))?;
            outer.emit_pair(b"created by", concat!("img/", env!("CARGO_PKG_VERSION")))?;
            outer.emit_pair(b"creation date", created)?;
            outer.emit_pair_with(b"info", |inner| inner.emit_dict(|info| self.put(info)))
        });
        told.and_then(|()| out.get_output()).expect("its keys are sorted")
    }

    /// Reads one; none for what is no torrent of one file, or has a size that lies.
    pub fn read(bytes: &[u8]) -> Option<Torrent> {
        let torrent = read(bytes).ok().flatten()?;
        let count = torrent.length.div_ceil(torrent.piece_length.max(1));
        let fits = torrent.piece_length > 0 && torrent.pieces.len() as u64 == count.checked_mul(20)?;
        fits.then_some(torrent)
    }
}

fn read(bytes: &[u8]) -> Result<Option<Torrent>, Error> {
    let mut decoder = Decoder::new(bytes).with_max_depth(DEEPEST);
    let Some(Object::Dict(mut outer)) = decoder.next_object()? else { return Ok(None) };
    let (mut announce, mut comment, mut info) = (Vec::new(), Vec::new(), None);
    while let Some((key, value)) = outer.next_pair()? {
        match (key, value) {
            (b"announce", Object::Bytes(text)) => announce = text.to_owned(),
            (b"comment", Object::Bytes(text)) => comment = text.to_owned(),
            (b"info", Object::Dict(dict)) => info = Some(dict.into_raw()?),
            _ => {}
        }
    }
    let Some(raw) = info else { return Ok(None) };
    let mut decoder = Decoder::new(raw).with_max_depth(DEEPEST);
    let Some(Object::Dict(dict)) = decoder.next_object()? else { return Ok(None) };
    let Some(inner) = inner(dict)? else { return Ok(None) };
    let info_hash = InfoHash(Sha1::digest(raw).into());
    Ok(Some(Torrent { announce, comment, info_hash, ..inner }))
}

fn inner(mut info: DictDecoder) -> Result<Option<Torrent>, Error> {
    let (mut name, mut length, mut piece_length, mut pieces) = (None, None, None, None);
    while let Some((key, value)) = info.next_pair()? {
        match (key, value) {
            (b"name", Object::Bytes(text)) => name = Some(text.to_owned()),
            (b"pieces", Object::Bytes(text)) => pieces = Some(text.to_owned()),
            (b"length", Object::Integer(number)) => length = number.parse().ok(),
            (b"piece length", Object::Integer(number)) => piece_length = number.parse().ok(),
            _ => {}
        }
    }
    let (Some(name), Some(length), Some(piece_length), Some(pieces)) = (name, length, piece_length, pieces)
    else {
        return Ok(None);
    };
    let (announce, comment, info_hash) = (Vec::new(), Vec::new(), InfoHash([0; 20]));
    Ok(Some(Torrent { announce, comment, name, length, piece_length, pieces, info_hash }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let torrent =
            Torrent::new(OsStr::new("a b.img"), PIECE + 1, vec![7; 40], "http://h:6969/announce", "0123");
        let bytes = torrent.write(1_700_000_000);
        assert_eq!(Torrent::read(&bytes), Some(torrent));
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.starts_with("d8:announce22:http://h:6969/announce7:comment4:012310:created by"),
            "{text}"
        );
        assert!(
            text.contains("13:creation datei1700000000e4:infod6:lengthi4194305e4:name7:a b.img"),
            "{text}"
        );
    }

    #[test]
    fn what_lies_is_no_torrent() {
        let make = |length: &str, piece: &str, pieces: usize| {
            let digits = "x".repeat(pieces);
            format!("d4:infod6:lengthi{length}e4:name1:a12:piece lengthi{piece}e6:pieces{pieces}:{digits}ee")
        };
        assert!(Torrent::read(make("5", "4", 40).as_bytes()).is_some());
        for (length, piece, pieces) in [
            ("5", "4", 20),
            ("5", "0", 20),
            ("9223372036854775808", "1", 20),
            ("18446744073709551615", "1", 20),
            ("-1", "4", 20),
            ("5", "4", 41),
            ("99999999999999999999999", "4", 20),
        ] {
            assert_eq!(
                Torrent::read(make(length, piece, pieces).as_bytes()),
                None,
                "{length} {piece} {pieces}"
            );
        }
        let deep = [b"d1:x".repeat(0), b"l".repeat(100_000)].concat();
        for bad in [&b""[..], b"d", b"de", b"i1e", b"d4:infoi1ee", b"d4:infodee", b"5:abc", &deep] {
            assert_eq!(Torrent::read(bad), None);
        }
    }
}
