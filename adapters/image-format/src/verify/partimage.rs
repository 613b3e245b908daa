//! partimage: parts that begin with a text each, a CRC-32 for 64 KiB of blocks, and a sum of all bytes at the end.

use std::io::Read;

use super::{Stop, Walk};
use crate::bytes::{le32, le64};
use crate::partimage::{Header, MAIN, VOLUME, signed_sum};

/// So many bytes of blocks have a checksum.
const CHUNK: u64 = 65536;

pub(super) fn walk(header: &Header, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    if header.first.is_none() {
        walk.layer("partimage", None, "nothing: it is not the first volume");
        return walk.rest().map(|_| ());
    }
    let headers = walk.layer("headers", Some("sum of bytes"), "three headers of 16 KiB");
    let chunks = walk.layer("blocks", Some("CRC-32"), "each 64 KiB of blocks, not the rest at the end");
    let all =
        walk.layer("image", Some("sum of bytes"), "everything but the header of the volume; not their order");
    walk.pieces(VOLUME as u64, "the header", |_| ())?;
    let mut summed = Summed { walk, sum: 0 };
    let main = summed.header("the header")?;
    summed.walk.held(headers);

    let backups = le32(&main, 10304 - VOLUME).unwrap_or(0);
    let backup = le32(&main, 10308 - VOLUME).unwrap_or(0);
    summed.text("MAGIC-BEGIN-MBRBACKUP")?;
    summed.pass(u64::from(backups) * (u64::from(backup) + 4), "the copies of boot sectors")?;
    for number in 0..10 {
        summed.text(&format!("MAGIC-BEGIN-EXT{number:03}"))?;
        let len = u32::from_le_bytes(summed.take("a part that is kept for later")?);
        summed.pass(u64::from(len), "a part that is kept for later")?;
    }
    summed.text("MAGIC-BEGIN-LOCALHEADER")?;
    let start = summed.walk.at();
    let local = summed.header("the header of the file system")?;
    summed.walk.held(headers);
    let field = |at: usize| le64(&local, at).unwrap_or(0);
    let (block, used, blocks, map) = (field(0), field(8), field(16), field(24));
    if !(1..=1 << 20).contains(&block)
        || used > blocks
        || blocks > crate::LARGEST / block
        || map > crate::LARGEST
    {
        let why = format!("{used} of {blocks} blocks of {block} bytes and a bitmap of {map} cannot be");
        return Err(Stop::Broken { at: start, why });
    }
    summed.text("MAGIC-BEGIN-BITMAP")?;
    summed.pass(map, "the bitmap")?;
    summed.text("MAGIC-BEGIN-INFO")?;
    summed.header("what is known of the file system")?;
    summed.walk.held(headers);
    summed.text("MAGIC-BEGIN-DATABLOCKS")?;
    summed.blocks(block * used, chunks)?;
    summed.text("MAGIC-BEGIN-TAIL")?;
    let (start, sum) = (summed.walk.at(), summed.sum);
    let mut tail = vec![0; MAIN];
    summed.walk.fill(&mut tail, "its last part")?;
    if le64(&tail, 0) != Some(sum) {
        return Err(Stop::Broken { at: start, why: "the sum of all bytes is wrong".to_owned() });
    }
    summed.walk.held(all);
    match le32(&tail, 8).unwrap_or(0) {
        0 => Ok(()),
        volume => {
            let why = format!(
                "it ends in volume {volume}, and partimage does not take that of one piece: `img repo add` joins volumes"
            );
            Err(Stop::Broken { at: start, why })
        }
    }
}

/// A walk that adds up what it passes.
struct Summed<'a, R> {
    walk: &'a mut Walk<R>,
    sum: u64,
}

impl<R: Read> Summed<'_, R> {
    fn pass(&mut self, len: u64, what: &str) -> Result<(), Stop> {
        let sum = &mut self.sum;
        self.walk.pieces(len, what, |piece| *sum = sum.wrapping_add(total(piece)))
    }

    fn fill(&mut self, bytes: &mut [u8], what: &str) -> Result<(), Stop> {
        self.walk.fill(bytes, what)?;
        self.sum = self.sum.wrapping_add(total(bytes));
        Ok(())
    }

    fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Stop> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what).map(|()| bytes)
    }

    fn text(&mut self, expected: &str) -> Result<(), Stop> {
        let start = self.walk.at();
        let mut text = vec![0; expected.len()];
        self.fill(&mut text, expected)?;
        if text != expected.as_bytes() {
            return Err(Stop::Broken { at: start, why: format!("{expected} is not here") });
        }
        Ok(())
    }

    fn header(&mut self, what: &str) -> Result<Vec<u8>, Stop> {
        let start = self.walk.at();
        let mut header = vec![0; MAIN];
        self.fill(&mut header, what)?;
        if u32::from_le_bytes(self.take(what)?) != signed_sum(&header) {
            return Err(Stop::Broken { at: start, why: format!("the checksum of {what} is wrong") });
        }
        Ok(header)
    }

    fn blocks(&mut self, len: u64, layer: usize) -> Result<(), Stop> {
        let mut left = len;
        while left > 0 {
            let (start, chunk) = (self.walk.at(), left.min(CHUNK));
            let mut crc = crc32fast::Hasher::new();
            let sum = &mut self.sum;
            self.walk.pieces(chunk, "the blocks", |piece| {
                *sum = sum.wrapping_add(total(piece));
                crc.update(piece);
            })?;
            left -= chunk;
            if chunk < CHUNK {
                break; // the rest has none
            }
            let check: [u8; 16] = self.take("a checksum of blocks")?;
            let expected = crc.finalize().to_le_bytes();
            if check[..4] != *b"CHK\0" || check[4..8] != expected {
                let why = format!(
                    "the checksum of bytes {} to {} of the blocks is wrong",
                    len - left - chunk,
                    len - left
                );
                return Err(Stop::Broken { at: start, why });
            }
            self.walk.held(layer);
        }
        Ok(())
    }
}

fn total(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte)).sum()
}
