//! Files that lie, to whoever believes them.

use std::io::{self, Read};

use image_format::{Refused, recognise, verify};

use crate::written::{self, v2_header};

fn refused(head: &[u8]) -> Refused {
    recognise(head, None).expect_err("it lies")
}

fn number(at: usize, value: u64) -> impl FnOnce(&mut Vec<u8>) {
    move |header| header[at..at + 8].copy_from_slice(&value.to_le_bytes())
}

#[test]
fn sizes_that_no_disk_has_are_refused() {
    for (at, value) in [(52, 1 << 63), (52, 0), (52, u64::MAX), (60, 1 << 63), (60, 0), (60, 1 << 55)] {
        let refused = refused(&v2_header(number(at, value)));
        assert!(matches!(refused, Refused::Size { .. }), "{at}: {value}: {refused}");
        assert_eq!(refused.opengnsys(), 5);
    }
    let more = refused(&v2_header(number(76, 65))).to_string();
    assert!(more.contains("it stores 65 of 64 blocks"), "{more}");
    let mut swap = written::swap();
    swap[1028..1032].fill(0xff);
    assert_eq!(recognise(&swap[..], None).unwrap().restore_bytes, Some(1 << 44), "swap may be that large");
    let mut btrfs = vec![0; 70_000];
    btrfs[65600..65608].copy_from_slice(b"_BHRfS_M");
    btrfs[65648..65656].fill(0xff);
    assert!(matches!(refused(&btrfs), Refused::Size { .. }));
    let mut ntfsclone = written::ntfsclone();
    ntfsclone[30..38].fill(0x7f);
    assert!(matches!(refused(&ntfsclone), Refused::Size { .. }));
}

#[test]
fn versions_of_tomorrow_and_other_machines_are_told_apart() {
    let change = |at: usize, bytes: &'static [u8]| {
        refused(&v2_header(|header| header[at..at + bytes.len()].copy_from_slice(bytes)))
    };
    assert!(matches!(change(30, b"0003"), Refused::Future { version, .. } if version == "0003"));
    assert!(matches!(change(88, &[19]), Refused::Future { .. }));
    assert!(matches!(change(96, &[0x40]), Refused::Future { .. }));
    assert!(matches!(change(105, &[2]), Refused::Future { .. }));
    assert!(matches!(change(34, &[0xc0, 0xde]), Refused::OtherEndian { .. }));
    assert!(matches!(change(34, &[1, 2]), Refused::Damaged { .. }));
    let mut v1 = written::partclone_v1(4);
    for (start, end) in [(36, 40), (40, 48), (48, 56), (56, 64)] {
        v1[start..end].reverse();
    }
    assert!(matches!(refused(&v1), Refused::OtherEndian { .. }));
    let mut ntfsclone = written::ntfsclone();
    ntfsclone[16] = 11;
    assert!(matches!(refused(&ntfsclone), Refused::Future { version, .. } if version == "11.1"));
    let mut partimage = vec![0; 20_000];
    partimage[..16].copy_from_slice(b"PaRtImAgE-VoLuMe");
    partimage[32..37].copy_from_slice(b"0.7.0");
    assert!(matches!(refused(&partimage), Refused::Future { version, .. } if version == "0.7.0"));
}

#[test]
fn what_is_no_image_says_so() {
    assert!(matches!(refused(b""), Refused::Empty));
    assert!(matches!(refused(&[7; 100_000]), Refused::Unknown));
    assert!(matches!(refused(b"hello\n"), Refused::Unknown));
    assert!(matches!(refused(b"LZIP\x01"), Refused::Unsupported { name: "lzip" }));
    assert!(matches!(refused(&written::partclone_v2()[..50]), Refused::Cut { have: 50, need: 110, .. }));
}

#[test]
fn memory_that_a_header_asks_for_is_refused() {
    // a window of 3.75 TiB
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0, 0, 0, 0, 0, 0];
    // a dictionary of 4 GiB
    let mut xz = vec![0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1];
    xz.extend(crc32fast::hash(&xz[6..8]).to_le_bytes());
    let block = [2, 0, 0x21, 1, 40, 0, 0, 0];
    xz.extend(block);
    xz.extend(crc32fast::hash(&block).to_le_bytes());
    xz.resize(200, 1);
    // a block of 4 GiB
    let mut lzop = b"\x89LZO\0\x0d\x0a\x1a\x0a\x10\x40\x20\xa0\x09\x40\x01\x05".to_vec();
    lzop.extend([0x03, 0, 0x10, 0x0d]);
    lzop.extend([0; 13]);
    lzop.extend(crc32fast::hash(&lzop[9..]).to_be_bytes());
    lzop.extend([0xff; 16]);
    for (file, said) in [(&zstd[..], "memory"), (&xz, "emory"), (&lzop, "a block says to be")] {
        let refused = refused(file);
        assert!(matches!(refused, Refused::Unpack { .. }), "{refused}");
        assert!(refused.to_string().contains(said), "{refused}");
    }
}

/// Counts what is read of it.
struct Counting<R>(R, u64);

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let len = self.0.read(bytes)?;
        self.1 += len as u64;
        Ok(len)
    }
}

#[test]
fn little_is_read_to_recognise_an_image() {
    let image = written::partclone_v2();
    let mut endless = Counting(image.chain(io::repeat(0)), 0);
    recognise(&mut endless, None).unwrap();
    assert!(endless.1 <= 1 << 17, "{}", endless.1);
    // parts that may be skipped, for ever
    let nothing = [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0];
    let mut endless = Counting(io::Cursor::new(nothing.repeat(4 << 20)), 0);
    assert!(recognise(&mut endless, None).is_err());
    assert!(endless.1 <= 9 << 20, "{}", endless.1);
}

#[test]
fn a_file_that_cannot_be_read_is_not_called_broken() {
    struct Gone;
    impl Read for Gone {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let image = written::partclone_v2();
    for len in [0, 20, 500, 2000] {
        let refused = verify(image[..len].chain(Gone), None).expect_err("it cannot be read");
        assert!(
            matches!(&refused, Refused::Read(error) if error.to_string() == "the disk is gone"),
            "{refused}"
        );
        assert_eq!(refused.opengnsys(), 2);
    }
}

#[test]
fn hfs_plus_is_known_by_its_volume_header() {
    for signature in [*b"H+\0\x04", *b"HX\0\x05"] {
        let mut volume = vec![0; 8192];
        volume[1024..1028].copy_from_slice(&signature);
        volume[1064..1068].copy_from_slice(&4096u32.to_be_bytes());
        volume[1068..1072].copy_from_slice(&2560u32.to_be_bytes());

        let told = recognise(&volume[..], None).unwrap();

        assert_eq!(told.line().to_string(), "RAW:NONE:HFSPLUS:10240");
        volume[1027] = 9;
        assert!(matches!(refused(&volume), Refused::Unknown));
    }
}
