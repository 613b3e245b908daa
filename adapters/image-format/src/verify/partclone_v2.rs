//! partclone 0002: a bitmap with its checksum, then the used blocks, with a checksum after so many of them.

use std::io::Read;

use super::{Stop, Walk};
use crate::partclone::{Bitmap, Checksum, Header, Kind, Layout, V1_BITMAP_END, V2_HEADER};

pub(super) fn walk(header: &Header, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    let Layout::V2 { checksum, bitmap, .. } = &header.layout else { return Ok(()) };
    let layer = walk.layer("header", Some("CRC-32"), "the first 106 bytes of the image");
    walk.pieces(V2_HEADER as u64, "the header", |_| ())?;
    walk.held(layer); // it would not have been recognised
    map(header, *bitmap, walk)?;
    blocks(header, *checksum, walk)
}

fn map(header: &Header, bitmap: Bitmap, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    let (start, mut set) = (walk.at(), 0);
    match bitmap {
        Bitmap::None => return Ok(()),
        Bitmap::Byte => {
            walk.layer("bitmap", None, "nothing but the mark at its end");
            set = bytes(header, walk)?;
        }
        Bitmap::Bit => {
            let layer = walk.layer("bitmap", Some("CRC-32"), "which blocks are stored");
            let mut crc = crc32fast::Hasher::new();
            let mut last = 0;
            walk.pieces(header.blocks.div_ceil(8), "the bitmap", |piece| {
                crc.update(piece);
                set += ones(piece);
                last = piece[piece.len() - 1];
            })?;
            if u32::from_le_bytes(walk.take("the checksum of the bitmap")?) != !crc.finalize() {
                return Err(Stop::Broken {
                    at: start,
                    why: "the checksum of the bitmap is wrong".to_owned(),
                });
            }
            // bits past the last block mean nothing
            set -= match header.blocks % 8 {
                0 => 0,
                inside => u64::from((last >> inside).count_ones()),
            };
            walk.held(layer);
        }
    }
    if set != header.stored {
        let why = format!("the bitmap has {set} blocks, the header {}", header.stored);
        return Err(Stop::Broken { at: start, why });
    }
    Ok(())
}

/// A bitmap of one byte a block; gives how many blocks it has.
pub(super) fn bytes(header: &Header, walk: &mut Walk<impl Read>) -> Result<u64, Stop> {
    let mut set = 0;
    walk.pieces(header.blocks, "the bitmap", |piece| {
        set += piece.iter().filter(|&&byte| byte == 1).count() as u64;
    })?;
    if walk.take::<8>("the mark after the bitmap")? != *V1_BITMAP_END {
        return Err(walk.broken("the mark BiTmAgIc is not where the bitmap ends"));
    }
    Ok(set)
}

fn ones(piece: &[u8]) -> u64 {
    let mut words = piece.chunks_exact(8);
    let count: u32 = words.by_ref().map(|word| word.iter().map(|byte| byte.count_ones()).sum::<u32>()).sum();
    u64::from(count + words.remainder().iter().map(|byte| byte.count_ones()).sum::<u32>())
}

fn blocks(header: &Header, checksum: Checksum, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    let block = u64::from(header.block);
    let layer = match checksum.kind {
        Kind::Crc32 => walk.layer("blocks", Some("CRC-32"), "all blocks that are stored"),
        Kind::Xxh => walk.layer("blocks", None, "there are XXH checksums, which are not read here"),
        Kind::None => walk.layer("blocks", None, "the image was made without checksums"),
    };
    let every = if checksum.kind == Kind::None { 0 } else { u64::from(checksum.every) };
    let mut crc = crc32fast::Hasher::new();
    let mut done = 0;
    while done < header.stored {
        let (start, left) = (walk.at(), header.stored - done);
        let strip = if every == 0 { left } else { every.min(left) };
        let what = format!("the blocks, of which {} are stored", header.stored);
        walk.pieces(strip * block, &what, |piece| crc.update(piece))?;
        match checksum.kind {
            Kind::None => {}
            Kind::Xxh => walk.pieces(checksum.size.into(), "a checksum of blocks", |_| ())?,
            Kind::Crc32 => {
                if u32::from_le_bytes(walk.take("a checksum of blocks")?) != !crc.clone().finalize() {
                    let last = done + strip - 1;
                    let why = format!("the checksum of the stored blocks {done} to {last} is wrong");
                    return Err(Stop::Broken { at: start, why });
                }
                walk.held(layer);
            }
        }
        if checksum.reseed {
            crc.reset();
        }
        done += strip;
    }
    Ok(())
}
