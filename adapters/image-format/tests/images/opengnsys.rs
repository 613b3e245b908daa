//! The line of OpenGnsys, against what `ogGetImageInfo` answered for real images.

use image_format::recognise;

use crate::made;
use crate::written::{self, v2_header};

/// The header of an image of partclone, with a file system, blocks of 4096 bytes, all and used.
fn cloned(filesystem: &str, blocks: u64, used: u64) -> Vec<u8> {
    v2_header(|header| {
        header[36..52].fill(0);
        header[36..36 + filesystem.len()].copy_from_slice(filesystem.as_bytes());
        header[52..60].copy_from_slice(&(blocks * 4096).to_le_bytes());
        header[60..68].copy_from_slice(&blocks.to_le_bytes());
        header[68..76].copy_from_slice(&used.to_le_bytes());
        header[84..88].copy_from_slice(&4096u32.to_le_bytes());
    })
}

fn gzipped(image: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new().read(image, flate2::Compression::fast());
    let mut packed = Vec::new();
    std::io::Read::read_to_end(&mut encoder, &mut packed).unwrap();
    packed
}

fn lines(image: &[u8]) -> (String, String) {
    let told = recognise(&gzipped(image)[..], None).unwrap();
    (told.line().to_string(), told.compat_line().map(|line| line.to_string()).unwrap_or_default())
}

#[test]
fn the_true_size_and_the_one_of_the_old_arithmetic() {
    const MIB: u64 = 256; // blocks
    const GIB: u64 = 1024 * MIB;
    let tb = 1_000_000_000_000 / 4096;
    for (filesystem, blocks, used, line, compat) in [
        ("EXTFS", 64 * MIB, MIB, "EXTFS:65536", "EXTFS:68710"),
        ("XFS", 300 * MIB, 70 * MIB, "XFS:307200", "XFS:322150"),
        ("NTFS", 72_100_000_000 / 4096, GIB, "NTFS:70410156", "NTFS:72100000"),
        // as if TB were the GB of the other numbers
        ("EXTFS", tb + tb / 2, 50 * GIB, "EXTFS:1464843748", "EXTFS:1500000"),
        ("EXTFS", tb * 26 / 10, tb * 13 / 10, "EXTFS:2539062500", "EXTFS:2662"),
        ("FAT32", 64 * MIB, MIB, "FAT32:65536", "FAT32:0"),
        ("HFS Plus", 64 * MIB, MIB, "HFSPLUS:65536", "HFSPLUS:0"),
        ("raw", 64 * MIB, MIB, "RAW:65536", "RAW:68710"),
    ] {
        let (is, compat_is) = lines(&cloned(filesystem, blocks, used));
        assert_eq!(is, format!("PARTCLONE:GZIP:{line}"));
        assert_eq!(compat_is, format!("PARTCLONE:GZIP:{compat}"));
    }
}

#[test]
fn other_tools_have_faults_of_their_own() {
    let fixture = |name: &str| {
        made::stdout(&["xz", "-dc", &format!("{}/fixtures/{name}.xz", env!("CARGO_MANIFEST_DIR"))])
    };
    let partimage = lines(&fixture("partimage-fat32"));
    assert_eq!(partimage, ("PARTIMAGE:GZIP:FAT32:65536".into(), "PARTIMAGE:GZIP:FAT32:67108864".into()));
    let partimage = lines(&fixture("partimage-ext3"));
    assert_eq!(partimage, ("PARTIMAGE:GZIP:EXT3FS:3072".into(), "PARTIMAGE:GZIP:EXT3FS:3145728".into()));
    let ntfsclone = lines(&written::ntfsclone());
    assert_eq!(ntfsclone, ("NTFSCLONE:GZIP:NTFS:32".into(), "NTFSCLONE:GZIP:NTFS:0".into()));
    // no boot sector, no image
    assert_eq!(lines(&written::swap()), ("RAW:GZIP:SWAP:64".into(), String::new()));
    assert_eq!(recognise(&written::partclone_v2()[..], None).unwrap().compat_line(), None);
}
