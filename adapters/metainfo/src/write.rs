//! A torrent file, put together.

use bendy::encoding::{AsString, Encoder, Error, SortedDictEncoder};
use imaging::InfoHash;
use sha1::{Digest, Sha1};

use crate::{Metainfo, PIECE};

impl Metainfo {
    /// Makes the torrent of a file of whose pieces of 4 MiB the checksums are known.
    pub fn new(name: &[u8], length: u64, pieces: Vec<u8>, announce: &str, comment: &str) -> Metainfo {
        let mut metainfo = Metainfo {
            announce: announce.into(),
            comment: comment.into(),
            name: name.to_owned(),
            length,
            piece_length: PIECE,
            pieces,
            info_hash: InfoHash([0; 20]),
        };
        metainfo.info_hash = InfoHash(Sha1::digest(metainfo.info()).into());
        metainfo
    }

    fn info(&self) -> Vec<u8> {
        let mut out = Encoder::new();
        let told = out.emit_dict(|info| self.put(info));
        told.and_then(|()| out.get_output()).expect("its keys are sorted")
    }

    fn put(&self, mut info: SortedDictEncoder<'_>) -> Result<(), Error> {
        info.emit_pair(b"length", self.length)?;
        info.emit_pair(b"name", AsString(&self.name))?;
        info.emit_pair(b"piece length", self.piece_length)?;
        info.emit_pair(b"pieces", AsString(&self.pieces))
    }

    /// Writes it; `created` is in seconds since 1970.
    pub fn write(&self, created: i64) -> Vec<u8> {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let torrent = Metainfo::new(b"a b.img", PIECE + 1, vec![7; 40], "http://h:6969/announce", "0123");
        let bytes = torrent.write(1_700_000_000);
        assert_eq!(Metainfo::parse(&bytes), Ok(torrent));
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
}
