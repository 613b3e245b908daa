//! Whole disks, by their partition table.

use crate::FileSystem;
use crate::bytes::{at, le32, le64, u8_at};

/// The table of a GUID disk is behind its first sector, and the copy of it is in the last.
pub(super) fn gpt(head: &[u8]) -> Option<(FileSystem, u128)> {
    let sector = [512, 4096].into_iter().find(|sector| at(head, *sector, 8) == Some(b"EFI PART"))?;
    let len = le32(head, sector + 12).filter(|len| (92..=512).contains(len))?;
    let mut header = at(head, sector, len as usize)?.to_vec();
    let sum = le32(&header, 16)?;
    header[16..20].fill(0);
    if sum != crc32fast::hash(&header) || le64(head, sector + 24)? != 1 {
        return None;
    }
    Some((FileSystem::Gpt, (u128::from(le64(head, sector + 32)?) + 1) * sector as u128))
}

/// The table of a DOS disk does not say how large that is: what counts is the end of the last partition.
pub(super) fn mbr(head: &[u8]) -> Option<(FileSystem, u128)> {
    if at(head, 510, 2)? != [0x55, 0xaa] {
        return None;
    }
    let mut end = 0;
    for entry in (446..510).step_by(16) {
        let (state, kind) = (u8_at(head, entry)?, u8_at(head, entry + 4)?);
        let (start, len) = (le32(head, entry + 8)?, le32(head, entry + 12)?);
        match (state, kind) {
            (0, 0) if start == 0 && len == 0 => {}
            (0 | 0x80, 1..) if start > 0 && len > 0 => end = end.max(u128::from(start) + u128::from(len)),
            _ => return None,
        }
    }
    (end > 0).then_some((FileSystem::Mbr, end * 512))
}
