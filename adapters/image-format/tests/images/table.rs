//! Images made by the real tools, tool × compressor × file system: recognised to the byte, and whole.

use std::fs::File;
use std::path::Path;

use crate::made::{self, COMPRESSORS, Made, output};
use image_format::{Compressor, FileSystem, Image, Obstacle, Tool, recognise, verify};

const KINDS: &[Made] = &[
    made::kind(
        "ext2",
        8 << 20,
        &["mke2fs", "-q", "-F", "-t", "ext2"],
        "extfs",
        FileSystem::Ext2,
        FileSystem::Extfs,
    ),
    made::kind(
        "ext3",
        8 << 20,
        &["mke2fs", "-q", "-F", "-t", "ext3"],
        "extfs",
        FileSystem::Ext3,
        FileSystem::Extfs,
    ),
    made::kind(
        "ext4",
        8 << 20,
        &["mke2fs", "-q", "-F", "-t", "ext4"],
        "extfs",
        FileSystem::Ext4,
        FileSystem::Extfs,
    ),
    made::kind("ntfs", 8 << 20, &["mkntfs", "-q", "-F", "-f"], "ntfs", FileSystem::Ntfs, FileSystem::Ntfs),
    made::kind("fat12", 2 << 20, &["mkfs.fat", "-F", "12"], "fat12", FileSystem::Fat12, FileSystem::Fat12),
    made::kind("fat16", 16 << 20, &["mkfs.fat", "-F", "16"], "fat16", FileSystem::Fat16, FileSystem::Fat16),
    made::kind("fat32", 40 << 20, &["mkfs.fat", "-F", "32"], "fat32", FileSystem::Fat32, FileSystem::Fat32),
    made::kind("exfat", 16 << 20, &["mkfs.exfat"], "exfat", FileSystem::Exfat, FileSystem::Exfat),
    made::kind("xfs", 300 << 20, &["mkfs.xfs", "-q"], "xfs", FileSystem::Xfs, FileSystem::Xfs),
    made::kind("btrfs", 128 << 20, &["mkfs.btrfs", "-q"], "btrfs", FileSystem::Btrfs, FileSystem::Btrfs),
    made::kind("f2fs", 64 << 20, &["mkfs.f2fs", "-q"], "f2fs", FileSystem::F2fs, FileSystem::F2fs),
    made::kind("minix1", 8 << 20, &["mkfs.minix", "-1"], "minix", FileSystem::Minix, FileSystem::Minix),
    made::kind("minix3", 8 << 20, &["mkfs.minix", "-3"], "minix", FileSystem::Minix, FileSystem::Minix),
    made::kind("swap", 1 << 20, &["mkswap"], "imager", FileSystem::Swap, FileSystem::Raw),
];

/// What an image is to be recognised as.
struct Expected {
    tool: Tool,
    filesystem: FileSystem,
    restore_bytes: Option<u64>,
}

#[test]
fn every_tool_compressor_and_file_system_is_recognised_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    // partclone sleeps more than it works
    std::thread::scope(|scope| {
        for kind in KINDS {
            let folder = folder.path().join(kind.name);
            scope.spawn(move || {
                std::fs::create_dir(&folder).unwrap();
                one(kind, &folder);
            });
        }
    });
}

fn one(kind: &Made, folder: &Path) {
    let disk = kind.disk(folder);
    let raw = Expected { tool: Tool::Raw, filesystem: kind.raw, restore_bytes: Some(kind.bytes) };
    holds(&disk, kind.name, &raw);

    let image = kind.partclone(&disk, folder);
    let (blocks, block) = made::partclone_info(&image, folder);
    let cloned =
        Expected { tool: Tool::Partclone, filesystem: kind.cloned, restore_bytes: Some(blocks * block) };
    holds(&image, kind.name, &cloned);

    if kind.raw == FileSystem::Ntfs {
        let image = folder.join("ntfsclone");
        let said = output(&["ntfsclone", "--save-image", "-O", made::text(&image), made::text(&disk)]);
        let (_, volume) = said.split_once("Current volume size: ").expect("ntfsclone says the size");
        let volume: u64 = volume.split_whitespace().next().unwrap().parse().unwrap();
        let cloned = Expected {
            tool: Tool::Ntfsclone,
            filesystem: FileSystem::Ntfs,
            restore_bytes: Some(volume + 512), // with the copy of the boot sector
        };
        holds(&image, kind.name, &cloned);
    }
}

/// Packs an image by each compressor and holds what is told against what is expected.
fn holds(image: &Path, name: &str, expected: &Expected) {
    let image_len = std::fs::metadata(image).unwrap().len();
    for (program, compressor) in COMPRESSORS {
        let packed = made::packed(image, program);
        let what = format!("{name} by {} and {program:?}", expected.tool);
        let file = File::open(&packed).unwrap();
        let length = file.metadata().unwrap().len();

        let told = recognise(file, Some(length)).unwrap_or_else(|refused| panic!("{what}: {refused}"));

        let is = (told.compressor, told.tool, told.filesystem, told.restore_bytes);
        let expected_is = (*compressor, expected.tool, Some(expected.filesystem), expected.restore_bytes);
        assert_eq!(is, expected_is, "{what}");
        let report = verify(File::open(&packed).unwrap(), Some(length)).unwrap();
        assert_eq!(report.fault, None, "{what}");
        assert_eq!((report.image, report.read.file), (told, length), "{what}");
        assert_eq!(report.read.image, image_len, "{what}");
        if packed != image {
            std::fs::remove_file(packed).unwrap();
        }
    }
}

#[test]
fn recorded_images_of_partimage_and_fsarchiver_are_recognised() {
    let kinds = [
        ("partimage-ext2", Tool::Partimage, FileSystem::Ext2, Some(3 << 20)),
        ("partimage-ext3", Tool::Partimage, FileSystem::Ext3, Some(3 << 20)),
        ("partimage-fat16", Tool::Partimage, FileSystem::Fat16, Some(16 << 20)),
        ("partimage-fat32", Tool::Partimage, FileSystem::Fat32, Some(64 << 20)),
        ("partimage-ntfs", Tool::Partimage, FileSystem::Ntfs, Some(8 << 20)),
        ("fsarchiver-ext3", Tool::Fsarchiver, FileSystem::Ext3, None),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, tool, filesystem, restore_bytes) in kinds {
        let image = folder.path().join(name);
        let fixture = format!("{}/fixtures/{name}.xz", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(&image, made::stdout(&["xz", "-dc", &fixture])).unwrap();
        holds(&image, name, &Expected { tool, filesystem, restore_bytes });
    }
}

#[test]
fn disks_are_told_by_their_partition_table() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    // a DOS table does not say how large the disk is: the last partition ends in front of its last MiB
    for (table, filesystem, bytes) in [
        ("label: gpt\nsize=4MiB\n", FileSystem::Gpt, 32 << 20),
        ("label: dos\nsize=4MiB\nsize=26MiB\n", FileSystem::Mbr, 31 << 20),
    ] {
        let file = File::create(&disk).unwrap();
        file.set_len(32 << 20).unwrap();
        made::fed(&["sfdisk", "-q", made::text(&disk)], table);
        let told = recognise(File::open(&disk).unwrap(), None).unwrap();
        assert_eq!((told.filesystem, told.restore_bytes), (Some(filesystem), Some(bytes)));
    }
}

#[test]
fn a_file_shorter_than_its_header_says_cannot_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    let disk = KINDS[0].disk(folder.path());
    let image = KINDS[0].partclone(&disk, folder.path());
    let whole = std::fs::read(&image).unwrap();
    let told = |bytes: &[u8]| recognise(bytes, Some(bytes.len() as u64)).unwrap();

    assert!(told(&whole).restorable());
    let cut = told(&whole[..whole.len() - 1]);

    let need = whole.len() as u64;
    assert_eq!(cut.obstacle, Some(Obstacle::Cut { have: need - 1, need }));
    let unknown: Image = recognise(&whole[..4096], None).unwrap();
    assert!(unknown.restorable(), "nobody said how long the file is");
    assert_eq!(unknown.compressor, Compressor::None);
}
