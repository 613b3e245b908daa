//! partclone 0001: a bitmap of bytes, then the used blocks, each with a checksum that is about its first byte only.
//!
//! The program that wrote it never moved on in the block: it hashed the first byte as often as the block has bytes, and
//! went on from there with the next block. So a checksum that is right says little, and one that is wrong says enough.
//! Some builds for 64 bits stored each checksum in 8 bytes; the second block tells.

use std::io::Read;

use super::{Stop, Walk, partclone_v2};
use crate::partclone::{Header, V1_HEADER};

pub(super) fn walk(header: &Header, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    walk.layer("header", None, "version 0001 has no checksum of its header");
    walk.pieces(V1_HEADER as u64, "the header", |_| ())?;
    walk.layer("bitmap", None, "nothing but the mark at its end");
    let start = walk.at();
    let set = partclone_v2::bytes(header, walk)?;
    if set != header.stored {
        let why = format!("the bitmap has {set} blocks, the header {}", header.stored);
        return Err(Stop::Broken { at: start, why });
    }
    let covers = "the first byte of each block: version 0001 leaves the other bytes out";
    let layer = walk.layer("blocks", Some("CRC-32"), covers);
    let mut sum = Sum { crc: crc32fast::Hasher::new(), same: vec![0; header.block as usize] };
    let mut slot = 4;
    let mut block = vec![0; header.block as usize + 8];
    for number in 0..header.stored {
        let start = walk.at();
        let len = header.block as usize;
        let what = "the blocks";
        walk.fill(&mut block[..len + 4], what)?;
        let mut held = sum.goes_on_with(block[0], &block[len..len + 4]);
        if !held && number == 1 {
            walk.fill(&mut block[len + 4..], what)?;
            held = sum.goes_on_with(block[4], &block[len + 4..]);
            slot = 8;
        }
        if !held {
            let why = format!("the checksum of stored block {number} is wrong");
            return Err(Stop::Broken { at: start, why });
        }
        walk.held(layer);
        if slot == 8 {
            walk.take::<4>(what)?;
        }
    }
    Ok(())
}

struct Sum {
    crc: crc32fast::Hasher,
    same: Vec<u8>,
}

impl Sum {
    /// Goes on when the checksum fits, else stays as it is.
    fn goes_on_with(&mut self, first: u8, expected: &[u8]) -> bool {
        let mut next = self.crc.clone();
        self.same.fill(first);
        next.update(&self.same);
        let fits = (!next.clone().finalize()).to_le_bytes() == *expected;
        if fits {
            self.crc = next;
        }
        fits
    }
}
