//! A torrent file, taken apart.

use bendy::decoding::{Decoder, DictDecoder, Error, Object};
use imaging::InfoHash;
use sha1::{Digest, Sha1};

use crate::{Metainfo, NotThisTorrent};

/// How deep a torrent may be; one of a file has 2.
const DEEPEST: usize = 16;

impl Metainfo {
    /// Reads a torrent file; one of several files, or with a size that lies, is none.
    pub fn parse(bytes: &[u8]) -> Result<Metainfo, NotThisTorrent> {
        let metainfo = outer(bytes).map_err(|error| NotThisTorrent::NoTorrent(error.to_string()))?;
        let pieces = metainfo.length.div_ceil(metainfo.piece_length.max(1));
        if metainfo.piece_length == 0 || pieces.checked_mul(20) != Some(metainfo.pieces.len() as u64) {
            return Err(NotThisTorrent::NoTorrent("its pieces are not those of so many bytes".into()));
        }
        Ok(metainfo)
    }
}

fn outer(bytes: &[u8]) -> Result<Metainfo, Error> {
    let mut decoder = Decoder::new(bytes).with_max_depth(DEEPEST);
    let mut outer = first(&mut decoder)?;
    let (mut announce, mut comment, mut found) = (Vec::new(), Vec::new(), None);
    while let Some((key, value)) = outer.next_pair()? {
        match (key, value) {
            (b"announce", Object::Bytes(text)) => announce = text.to_owned(),
            (b"comment", Object::Bytes(text)) => comment = text.to_owned(),
            (b"info", value) => found = Some(info(value.try_into_dictionary()?.into_raw()?)?),
            _ => {}
        }
    }
    let info = found.ok_or_else(|| Error::missing_field("info"))?;
    Ok(Metainfo { announce, comment, ..info })
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
        announce: Vec::new(),
        comment: Vec::new(),
        name: name.ok_or_else(|| Error::missing_field("name"))?,
        length: length.ok_or_else(|| Error::missing_field("length"))?,
        piece_length: piece_length.ok_or_else(|| Error::missing_field("piece length"))?,
        pieces: pieces.ok_or_else(|| Error::missing_field("pieces"))?,
        info_hash: InfoHash(Sha1::digest(raw).into()),
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

    fn torrent(length: &str, piece: &str, digits: usize) -> Vec<u8> {
        let pieces = format!("{digits}:{}", "p".repeat(digits));
        let info = format!("d6:lengthi{length}e4:name5:a.img12:piece lengthi{piece}e6:pieces{pieces}e");
        format!("d8:announce5:there7:comment2:no13:creation datei0e4:info{info}e").into_bytes()
    }

    #[test]
    fn a_torrent_is_of_its_file_and_of_no_other() {
        let read = Metainfo::parse(&torrent("4194305", "4194304", 40)).unwrap();
        assert_eq!((read.name.as_slice(), read.length, read.pieces.len()), (&b"a.img"[..], 4_194_305, 40));
        assert_eq!((read.announce.as_slice(), read.comment.as_slice()), (&b"there"[..], &b"no"[..]));
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
    fn what_lies_is_no_torrent() {
        assert!(Metainfo::parse(&torrent("5", "4", 40)).is_ok());
        for (length, piece, digits) in [
            ("5", "4", 20),
            ("5", "0", 20),
            ("0", "4", 20),
            ("9223372036854775808", "1", 20),
            ("18446744073709551615", "1", 20),
            ("-1", "4", 20),
            ("5", "4", 41),
            ("99999999999999999999999", "4", 20),
        ] {
            let told = Metainfo::parse(&torrent(length, piece, digits));
            assert!(matches!(told, Err(NotThisTorrent::NoTorrent(_))), "{length} {piece} {digits}");
        }
        let (good, deep) = (torrent("1", "4", 20), b"l".repeat(100_000));
        for bad in [
            &b""[..],
            b"d",
            b"de",
            b"i1e",
            b"d4:infoi1ee",
            b"d4:infodee",
            b"5:abc",
            &good[..good.len() - 2],
            &deep,
        ] {
            assert!(matches!(Metainfo::parse(bad), Err(NotThisTorrent::NoTorrent(_))), "{bad:?}");
        }
    }
}
