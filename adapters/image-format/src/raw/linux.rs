//! File systems of Linux, and its swap.

use crate::FileSystem;
use crate::bytes::{at, le16, le32, le64};

const SUPERBLOCK: usize = 1024;

pub(super) fn ext(head: &[u8]) -> Option<(FileSystem, u128)> {
    let field = |offset: usize| le32(head, SUPERBLOCK + offset);
    if le16(head, SUPERBLOCK + 56)? != 0xef53 {
        return None;
    }
    let (inodes, low, first, shift) = (field(0)?, field(4)?, field(20)?, field(24)?);
    let (journal, incompat, ro_compat) = (field(92)? & 0x4 != 0, field(96)?, field(100)?);
    if inodes == 0 || first > 1 || shift > 6 {
        return None; // two bytes are no proof
    }
    let high = if incompat & 0x80 != 0 { field(0x150)? } else { 0 };
    let blocks = (u128::from(high) << 32) | u128::from(low);
    // what ext3 knows: file types, recovery, journal device, meta groups; sparse superblocks, large files, directories as trees
    let newer = incompat & !(0x2 | 0x4 | 0x8 | 0x10) != 0 || ro_compat & !(0x1 | 0x2 | 0x4) != 0;
    let filesystem = match (newer, journal) {
        (true, _) => FileSystem::Ext4,
        (false, true) => FileSystem::Ext3,
        (false, false) => FileSystem::Ext2,
    };
    Some((filesystem, blocks << (10 + shift)))
}

/// The magic is at the end of the first page, whose size is that of the machine.
pub(super) fn swap(head: &[u8]) -> Option<(FileSystem, u128)> {
    let page = [4096, 8192, 16384, 65536]
        .into_iter()
        .find(|page| at(head, page - 10, 10).is_some_and(|magic| magic == b"SWAPSPACE2"))?;
    let last = match le32(head, SUPERBLOCK)? {
        1 => le32(head, SUPERBLOCK + 4)?,
        0x0100_0000 => le32(head, SUPERBLOCK + 4)?.swap_bytes(), // of a big-endian machine
        _ => return None,
    };
    Some((FileSystem::Swap, (u128::from(last) + 1) * page as u128))
}

pub(super) fn minix(head: &[u8]) -> Option<(FileSystem, u128)> {
    let field = |offset: usize| le16(head, SUPERBLOCK + offset);
    let (maps, first, shift) = match (field(16)?, field(24)?) {
        (0x137f | 0x138f | 0x2468 | 0x2478, _) => ((field(4)?, field(6)?), field(8)?, field(10)?),
        (_, 0x4d5a) => ((field(6)?, field(8)?), field(10)?, field(12)?),
        _ => return None,
    };
    let (zones, block) = match field(16)? {
        0x137f | 0x138f => (u32::from(field(2)?), 1024),
        0x2468 | 0x2478 => (le32(head, SUPERBLOCK + 20)?, 1024),
        _ => (le32(head, SUPERBLOCK + 20)?, field(28)?),
    };
    let fits = maps.0 > 0 && maps.1 > 0 && shift <= 10 && u32::from(first) < zones && block >= 512;
    fits.then(|| (FileSystem::Minix, (u128::from(zones) * u128::from(block)) << shift))
}

pub(super) fn btrfs(head: &[u8]) -> Option<(FileSystem, u128)> {
    const SUPERBLOCK: usize = 65536;
    if at(head, SUPERBLOCK + 64, 8)? != b"_BHRfS_M" {
        return None;
    }
    // of several devices each has a size of its own, too
    let own = if le64(head, SUPERBLOCK + 136)? > 1 { 209 } else { 112 };
    Some((FileSystem::Btrfs, u128::from(le64(head, SUPERBLOCK + own)?)))
}
