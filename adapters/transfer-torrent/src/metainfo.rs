//! What a torrent file says.

use bendy::decoding::{Decoder, DictDecoder, Error, Object};
use imaging::InfoHash;
use sha1::{Digest, Sha1};

/// Nothing we read is deeper.
const DEEPEST: usize = 16;

/// What a torrent file says of the one file it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metainfo {
    /// What it is known by.
    pub info_hash: InfoHash,
    /// The name of the file.
    pub name: Vec<u8>,
    /// How many bytes it has.
    pub length: u64,
    /// How many of them are a piece.
    pub piece_length: u64,
    /// The checksums of the pieces, 20 bytes each.
    pub pieces: Vec<u8>,
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
    /// Reads a torrent file; one of several files is none that a repository has.
    pub fn parse(bytes: &[u8]) -> Result<Metainfo, NotThisTorrent> {
        let metainfo = read(bytes).map_err(|error| NotThisTorrent::NoTorrent(error.to_string()))?;
        let pieces = metainfo.length.div_ceil(metainfo.piece_length.max(1));
        if metainfo.piece_length == 0 || pieces.checked_mul(20) != Some(metainfo.pieces.len() as u64) {
            return Err(NotThisTorrent::NoTorrent("its pieces are not those of so many bytes".into()));
        }
        Ok(metainfo)
    }

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

fn read(bytes: &[u8]) -> Result<Metainfo, Error> {
    let mut decoder = Decoder::new(bytes).with_max_depth(DEEPEST);
    let mut outer = first(&mut decoder)?;
    let mut found = None;
    while let Some((key, value)) = outer.next_pair()? {
        if key == b"info" {
            found = Some(info(value.try_into_dictionary()?.into_raw()?)?);
        }
    }
    found.ok_or_else(|| Error::missing_field("info"))
}

/// Reads what the checksum is of: these very bytes.
fn info(raw: &[u8]) -> Result<Metainfo, Error> {
    let mut decoder = Decoder::new(raw).with_max_depth(DEEPEST);
    let mut info = first(&mut decoder)?;
    let (mut name, mut length, mut piece_length, mut pieces) = (None, None, None, None);
    while let Some((key, value)) = info.next_pair()? {
        match key {
            b"name" => name = Some(value.try_into_bytes()?.to_vec()),
            b"length" => length = Some(number(value)?),
            b"piece length" => piece_length = Some(number(value)?),
            b"pieces" => pieces = Some(value.try_into_bytes()?.to_vec()),
            _ => {}
        }
    }
    Ok(Metainfo {
        info_hash: InfoHash(Sha1::digest(raw).into()),
        name: name.ok_or_else(|| Error::missing_field("name"))?,
        length: length.ok_or_else(|| Error::missing_field("length"))?,
        piece_length: piece_length.ok_or_else(|| Error::missing_field("piece length"))?,
        pieces: pieces.ok_or_else(|| Error::missing_field("pieces"))?,
    })
}

fn first<'obj, 'ser>(decoder: &'obj mut Decoder<'ser>) -> Result<DictDecoder<'obj, 'ser>, Error> {
    decoder.next_object()?.ok_or_else(|| Error::missing_field("info"))?.try_into_dictionary()
}

fn number(value: Object<'_, '_>) -> Result<u64, Error> {
    value.try_into_integer()?.parse().map_err(Error::malformed_content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn torrent(length: &str, pieces: usize) -> Vec<u8> {
        let pieces = format!("{}:{}", 20 * pieces, "p".repeat(20 * pieces));
        let info = format!("d6:lengthi{length}e4:name5:a.img12:piece lengthi4194304e6:pieces{pieces}e");
        format!("d8:announce5:there7:comment2:no13:creation datei0e4:info{info}e").into_bytes()
    }

    #[test]
    fn a_torrent_is_of_its_file_and_of_no_other() {
        let read = Metainfo::parse(&torrent("4194305", 2)).unwrap();
        assert_eq!((read.name.as_slice(), read.length, read.pieces.len()), (&b"a.img"[..], 4_194_305, 40));
        assert_eq!(read.info_hash.to_string(), "20608d1c3c00fb8b3e2e1f623f137133108aac05");
        assert_eq!(read.is_of(b"a.img", 4_194_305, read.info_hash), Ok(()));
        for (name, length, hash, told) in [
            (&b"b.img"[..], 4_194_305, read.info_hash, "its name is \"a.img\""),
            (b"a.img", 1, read.info_hash, "it has 4194305 bytes, and the image 1"),
            (b"a.img", 4_194_305, InfoHash([0; 20]), "it is known by"),
        ] {
            let refused = read.is_of(name, length, hash).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("it is about another file: {told}")), "{refused}");
        }
    }

    #[test]
    fn what_is_no_torrent_is_told() {
        let good = torrent("1", 1);
        for wrong in [
            &b""[..],
            b"i1e",
            b"de",
            b"d4:infodee",
            &good[..good.len() - 2],
            &torrent("-1", 1),
            &torrent("99999999999999999999", 1),
            &torrent("4194305", 1),
            &torrent("0", 1),
            "l".repeat(100_000).as_bytes(),
        ] {
            assert!(matches!(Metainfo::parse(wrong), Err(NotThisTorrent::NoTorrent(_))), "{wrong:?}");
        }
    }
}
