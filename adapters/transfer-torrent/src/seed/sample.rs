//! A few pieces of an image, held against its torrent.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use metainfo::Metainfo;
use sha1::{Digest, Sha1};

/// So many pieces are looked at: the first, the last, and some between.
const SAMPLES: u64 = 8;

/// Tells whether those pieces of a file are the ones of its torrent.
pub(super) fn fits(file: &File, metainfo: &Metainfo) -> io::Result<bool> {
    let pieces = (metainfo.pieces.len() / 20) as u64;
    let taken = SAMPLES.min(pieces);
    for number in 0..taken {
        // spread from the first to the last
        let piece = if taken > 1 { number * (pieces - 1) / (taken - 1) } else { 0 };
        let start = piece * metainfo.piece_length;
        let end = metainfo.length.min(start.saturating_add(metainfo.piece_length));
        let at = piece as usize * 20;
        if checksum(file, start, end)?[..] != metainfo.pieces[at..at + 20] {
            return Ok(false);
        }
    }
    Ok(true)
}

fn checksum(file: &File, mut start: u64, end: u64) -> io::Result<[u8; 20]> {
    let (mut sha, mut buffer) = (Sha1::new(), vec![0; 256 << 10]);
    while start < end {
        let part = (end - start).min(buffer.len() as u64) as usize;
        file.read_exact_at(&mut buffer[..part], start)?;
        sha.update(&buffer[..part]);
        start += part as u64;
    }
    Ok(sha.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use imaging::InfoHash;

    use super::*;

    #[test]
    fn the_first_and_the_last_piece_are_looked_at_whatever_their_number() {
        for length in [0, 1, 3, 4, 5, 8, 27, 400] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
            let pieces = bytes.chunks(4).flat_map(|piece| <[u8; 20]>::from(Sha1::digest(piece))).collect();
            let metainfo = Metainfo {
                announce: Vec::new(),
                comment: Vec::new(),
                info_hash: InfoHash([0; 20]),
                name: b"a.img".to_vec(),
                length: length as u64,
                piece_length: 4,
                pieces,
            };
            let file_of = |bytes: &[u8]| {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(bytes).unwrap();
                file
            };
            assert!(fits(&file_of(&bytes), &metainfo).unwrap(), "{length}");
            for at in [0, length - 1] {
                let Some(byte) = usize::try_from(at).ok().filter(|at| *at < bytes.len()) else { continue };
                let mut wrong = bytes.clone();
                wrong[byte] ^= 1;
                assert!(!fits(&file_of(&wrong), &metainfo).unwrap(), "{length}, byte {byte}");
            }
        }
    }
}
