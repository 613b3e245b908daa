//! File systems that describe themselves in their boot sector.

use crate::FileSystem;
use crate::bytes::{at, le16, le32, le64, u8_at};

fn boot_sector(head: &[u8]) -> bool {
    at(head, 510, 2) == Some(&[0x55, 0xaa])
}

fn sector(head: &[u8]) -> Option<u128> {
    let bytes = le16(head, 11)?;
    (bytes.is_power_of_two() && (256..=4096).contains(&bytes)).then_some(u128::from(bytes))
}

pub(super) fn ntfs(head: &[u8]) -> Option<(FileSystem, u128)> {
    if at(head, 3, 8)? != b"NTFS    " || !boot_sector(head) {
        return None;
    }
    // the last sector, a copy of this one, is not counted
    Some((FileSystem::Ntfs, (u128::from(le64(head, 40)?) + 1) * sector(head)?))
}

pub(super) fn exfat(head: &[u8]) -> Option<(FileSystem, u128)> {
    if at(head, 3, 8)? != b"EXFAT   " || !boot_sector(head) {
        return None;
    }
    let shift = u8_at(head, 108).filter(|shift| (9..=12).contains(shift))?;
    Some((FileSystem::Exfat, u128::from(le64(head, 72)?) << shift))
}

/// FAT has no magic: its numbers have to fit. How long its entries are follows from how many clusters there are.
pub(super) fn fat(head: &[u8]) -> Option<(FileSystem, u128)> {
    let sector = sector(head).filter(|sector| *sector >= 512)?;
    let cluster = u128::from(u8_at(head, 13).filter(|sectors| sectors.is_power_of_two())?);
    let reserved = u128::from(le16(head, 14).filter(|sectors| *sectors > 0)?);
    let tables = u128::from(u8_at(head, 16).filter(|tables| (1..=4).contains(tables))?);
    let media = u8_at(head, 21)?;
    if !boot_sector(head) || !(media == 0xf0 || media >= 0xf8) {
        return None;
    }
    let root = u128::from(le16(head, 17)?);
    let sectors = match le16(head, 19)? {
        0 => u128::from(le32(head, 32)?),
        few => u128::from(few),
    };
    let filesystem = match le16(head, 22)? {
        0 => (le32(head, 36)? > 0).then_some(FileSystem::Fat32)?,
        table => {
            let meta = reserved + tables * u128::from(table) + (root * 32).div_ceil(sector);
            match sectors.checked_sub(meta)? / cluster {
                0..=4084 => FileSystem::Fat12,
                _ => FileSystem::Fat16,
            }
        }
    };
    Some((filesystem, sectors * sector))
}
