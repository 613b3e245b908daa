//! XFS, F2FS and HFS+.

use crate::FileSystem;
use crate::bytes::{at, be16, be32, be64, le32, le64};

pub(super) fn xfs(head: &[u8]) -> Option<(FileSystem, u128)> {
    if at(head, 0, 4)? != b"XFSB" {
        return None;
    }
    let block = be32(head, 4).filter(|block| block.is_power_of_two() && (512..=65536).contains(block))?;
    Some((FileSystem::Xfs, u128::from(block) * u128::from(be64(head, 8)?)))
}

pub(super) fn f2fs(head: &[u8]) -> Option<(FileSystem, u128)> {
    if le32(head, 1024)? != 0xf2f5_2010 {
        return None;
    }
    let shift = le32(head, 1024 + 16).filter(|shift| (9..=16).contains(shift))?;
    Some((FileSystem::F2fs, u128::from(le64(head, 1024 + 36)?) << shift))
}

pub(super) fn hfs_plus(head: &[u8]) -> Option<(FileSystem, u128)> {
    if !matches!((at(head, 1024, 2)?, be16(head, 1026)?), (b"H+", 4) | (b"HX", 5)) {
        return None;
    }
    let block = be32(head, 1064).filter(|block| block.is_power_of_two() && *block >= 512)?;
    Some((FileSystem::HfsPlus, u128::from(block) * u128::from(be32(head, 1068)?)))
}
