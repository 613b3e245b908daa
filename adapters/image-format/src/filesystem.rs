//! What an image holds.

use std::fmt;

/// What an image holds: a file system, or a whole disk with its partition table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "they are names of file systems")]
pub enum FileSystem {
    /// ext2, ext3 or ext4: partclone does not say which.
    Extfs,
    Ext2,
    Ext3,
    Ext4,
    Ntfs,
    Fat12,
    Fat16,
    Fat32,
    Exfat,
    Xfs,
    Btrfs,
    F2fs,
    Minix,
    Swap,
    HfsPlus,
    Reiserfs,
    Reiser4,
    Jfs,
    Ufs,
    Vmfs,
    Nilfs,
    Apfs,
    Hfs,
    /// Blocks that partclone did not look into.
    Raw,
    /// A disk with a partition table of the DOS kind.
    Mbr,
    /// A disk with a GUID partition table.
    Gpt,
}

/// Names as OpenGnsys and its repositories have them.
const NAMES: &[(FileSystem, &str)] = &[
    (FileSystem::Extfs, "EXTFS"),
    (FileSystem::Ext2, "EXT2"),
    (FileSystem::Ext3, "EXT3"),
    (FileSystem::Ext4, "EXT4"),
    (FileSystem::Ntfs, "NTFS"),
    (FileSystem::Fat12, "FAT12"),
    (FileSystem::Fat16, "FAT16"),
    (FileSystem::Fat32, "FAT32"),
    (FileSystem::Exfat, "EXFAT"),
    (FileSystem::Xfs, "XFS"),
    (FileSystem::Btrfs, "BTRFS"),
    (FileSystem::F2fs, "F2FS"),
    (FileSystem::Minix, "MINIX"),
    (FileSystem::Swap, "SWAP"),
    (FileSystem::HfsPlus, "HFSPLUS"),
    (FileSystem::Reiserfs, "REISERFS"),
    (FileSystem::Reiser4, "REISER4"),
    (FileSystem::Jfs, "JFS"),
    (FileSystem::Ufs, "UFS"),
    (FileSystem::Vmfs, "VMFS"),
    (FileSystem::Nilfs, "NILFS"),
    (FileSystem::Apfs, "APFS"),
    (FileSystem::Hfs, "HFS"),
    (FileSystem::Raw, "RAW"),
    (FileSystem::Mbr, "MBR"),
    (FileSystem::Gpt, "GPT"),
];

impl FileSystem {
    /// The name as OpenGnsys has it, in upper case.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| name)
    }

    /// Reads the name that partclone, partimage or fsarchiver wrote.
    pub(crate) fn named(name: &str) -> Option<FileSystem> {
        let plain: String = name.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.as_str() {
            // partimage
            "EXT2FS" => Some(FileSystem::Ext2),
            "EXT3FS" => Some(FileSystem::Ext3),
            "REISERFS35" | "REISERFS36" => Some(FileSystem::Reiserfs),
            "NILFS2" => Some(FileSystem::Nilfs),
            plain => NAMES.iter().find(|(_, name)| *name == plain).map(|(one, _)| *one),
        }
    }
}

impl fmt::Display for FileSystem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
