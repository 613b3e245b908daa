//! Images that are a copy of a partition or a disk, byte by byte: known by what lies in them.

mod boot;
mod disk;
mod linux;
mod others;

use std::io::Read;

use crate::head::Head;
use crate::{FileSystem, LARGEST, Refused};

/// As far as the superblock of btrfs.
pub(crate) const FURTHEST: usize = 65536 + 4096;

/// What lies in a raw image, and how many bytes it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) filesystem: FileSystem,
    pub(crate) bytes: u64,
    /// Whether OpenGnsys would know it for a partition: it has a boot sector.
    pub(crate) boot_sector: bool,
}

/// One kind of contents: gives it with its size, or none where the bytes are something else.
type Kind = fn(&[u8]) -> Option<(FileSystem, u128)>;

/// How far to unpack, and what can be told by then; the first that fits counts.
///
/// A partition table comes before what has a magic of two bytes only: those may be left from an earlier use of the disk.
const KINDS: &[(usize, &[Kind])] = &[
    (512, &[boot::ntfs, boot::exfat, boot::fat, others::xfs]),
    (8192, &[disk::gpt, disk::mbr, linux::ext, others::f2fs, others::hfs_plus, linux::swap, linux::minix]),
    (FURTHEST, &[linux::swap, linux::btrfs]),
];

pub(crate) fn contents(head: &mut Head<impl Read>) -> Result<Contents, Refused> {
    for (far, kinds) in KINDS {
        let head = head.first(*far);
        let Some((filesystem, bytes)) = kinds.iter().find_map(|kind| kind(head)) else { continue };
        if bytes == 0 || bytes > u128::from(LARGEST) {
            return Err(Refused::Size { what: format!("{filesystem} of {bytes} bytes") });
        }
        let boot_sector = head.get(510..512) == Some(&[0x55, 0xaa]);
        return Ok(Contents { filesystem, bytes: bytes as u64, boot_sector });
    }
    Err(Refused::Unknown)
}
