//! One byte is changed, or the end is cut off: it is noticed wherever a checksum is, and said where none is.

use image_format::{Obstacle, Refused, Report, recognise, verify};

use crate::made::{self, COMPRESSORS};
use crate::written::{self, BLOCK, STORED, V2_HEADER};

fn report(image: &[u8]) -> Result<Report, Refused> {
    verify(image, Some(image.len() as u64))
}

fn noticed(image: &[u8]) -> bool {
    report(image).map_or(true, |report| !report.whole())
}

fn why(image: &[u8]) -> String {
    match report(image) {
        Err(refused) => refused.to_string(),
        Ok(report) => report.fault.map_or(String::new(), |fault| fault.to_string()),
    }
}

fn flipped(image: &[u8], at: usize) -> Vec<u8> {
    let mut image = image.to_vec();
    image[at] ^= 0x10;
    image
}

#[test]
fn images_as_they_were_written_are_whole() {
    for image in written::all() {
        assert_eq!(why(&image), "");
    }
}

#[test]
fn every_byte_of_partclone_0002_is_covered() {
    let image = written::partclone_v2();
    for at in 0..image.len() {
        assert!(noticed(&flipped(&image, at)), "byte {at}");
    }
    assert!(why(&flipped(&image, 60)).contains("its checksum, at byte 106, is wrong"));
    assert!(why(&flipped(&image, V2_HEADER + 1)).contains("at byte 110 of the image"), "the bitmap");
    let second = V2_HEADER + 12 + 2 * BLOCK + 4;
    let said = why(&flipped(&image, second + 700));
    assert!(said.contains(&format!("at byte {second} of the image")), "{said}");
    assert!(said.contains("stored blocks 2 to 3"), "{said}");
}

#[test]
fn partclone_0001_covers_the_first_byte_of_a_block_only() {
    for slot in [4, 8] {
        let image = written::partclone_v1(slot);
        let blocks = 4160 + 64 + 8;
        for number in 0..STORED.len() {
            let block = blocks + number * (BLOCK + slot);
            assert!(noticed(&flipped(&image, block)), "the first byte of block {number}");
            assert!(noticed(&flipped(&image, block + BLOCK)), "its checksum");
            assert!(!noticed(&flipped(&image, block + 1)), "partclone itself does not notice that");
        }
        let covers: Vec<_> =
            report(&image).unwrap().layers.iter().map(|layer| (layer.held, layer.covers)).collect();
        assert!(
            covers.iter().any(|(held, covers)| *held == 5 && covers.contains("first byte")),
            "{covers:?}"
        );
    }
}

#[test]
fn a_command_of_ntfsclone_that_is_none_is_noticed() {
    let image = written::ntfsclone();
    let said = why(&flipped(&image, 56));
    assert!(said.contains("at byte 56 of the image") && said.contains("17 is no command"), "{said}");
}

#[test]
fn what_is_cut_off_anywhere_is_noticed() {
    for image in [
        written::partclone_v2(),
        written::partclone_v1(4),
        written::partclone_v1(8),
        written::ntfsclone(),
        written::swap(),
    ] {
        for len in (0..image.len()).step_by(7) {
            assert!(noticed(&image[..len]), "{len} of {}", image.len());
        }
    }
}

#[test]
fn what_follows_the_end_is_noticed() {
    for mut image in [written::partclone_v2(), written::partclone_v1(4), written::ntfsclone()] {
        image.push(7);
        let said = why(&image);
        assert!(said.contains("something follows it"), "{said}");
        assert!(said.contains(&format!("at byte {} of the image", image.len() - 1)), "{said}");
    }
}

#[test]
fn compressors_notice_a_changed_byte_and_a_missing_end() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("swap");
    std::fs::write(&image, written::swap()).unwrap();
    for (program, _) in COMPRESSORS.iter().filter(|(program, _)| !program.is_empty()) {
        let packed = std::fs::read(made::packed(&image, program)).unwrap();
        assert_eq!(why(&packed), "", "{program:?}");
        for at in (packed.len() / 4..packed.len() / 4 * 3).step_by(997) {
            let said = why(&flipped(&packed, at));
            assert!(said.contains("cannot be unpacked"), "{program:?} at {at}: {said}");
        }
        let last = packed.len() - 64..packed.len(); // where an end mark or the last sum would be
        for len in (1..packed.len()).rev().step_by(499).chain(last) {
            assert!(noticed(&packed[..len]), "{program:?}: {len} of {}", packed.len());
        }
    }
}

#[test]
fn partimage_notices_a_changed_byte() {
    let fixture = format!("{}/fixtures/partimage-ext3.xz", env!("CARGO_MANIFEST_DIR"));
    let image = made::stdout(&["xz", "-dc", &fixture]);
    assert_eq!(why(&image), "");
    let tail = image.len() - 16384;
    for (at, said) in [
        (600, "its checksum, at byte 16896, is wrong"),
        (16930, "MAGIC-BEGIN-EXT000 is not here"),
        (17_200, "the checksum of the header of the file system is wrong"),
        (33_600, "the sum of all bytes is wrong"),
        (60_000, "at byte 50396 of the image"),
        (tail - 100, "the sum of all bytes is wrong"),
        (tail, "the sum of all bytes is wrong"),
    ] {
        let is = why(&flipped(&image, at));
        assert!(is.contains(said), "byte {at}: {is}");
    }
    for len in (0..image.len()).step_by(9_973) {
        assert!(noticed(&image[..len]), "{len}");
    }
    // the joined volumes of another program: partimage restores it, and calls it damaged then
    let mut joined = image.clone();
    let number = joined.len() - 16384 + 8;
    joined[number] = 5;
    assert!(why(&joined).contains("it ends in volume 5"), "{}", why(&joined));
}

#[test]
fn each_layer_says_what_it_covers() {
    let image = written::partclone_v2();
    let layers = report(&image).unwrap().layers;
    let names: Vec<_> = layers.iter().map(|layer| (layer.name, layer.checksum, layer.held)).collect();
    let crc = Some("CRC-32");
    assert_eq!(names, [("header", crc, 1), ("bitmap", crc, 1), ("blocks", crc, 3)]);
}

#[test]
fn checksums_that_are_not_read_are_stepped_over_and_named() {
    let mut image = written::v2_header(|header| {
        header[96] = 0x30;
        header[98] = 8;
    });
    let plain = written::partclone_v2();
    let blocks = V2_HEADER + 12;
    image.extend(&plain[V2_HEADER..blocks]);
    for strip in 0..3 {
        let start = blocks + strip * (2 * BLOCK + 4);
        let end = (start + 2 * BLOCK).min(plain.len() - 4);
        image.extend(&plain[start..end]);
        image.extend(b"checksum");
    }
    assert_eq!(why(&image), "");
    let layers = report(&image).unwrap().layers;
    assert_eq!((layers[2].checksum, layers[2].held), (None, 0));
    assert!(noticed(&image[..image.len() - 1]));
}

#[test]
fn checksums_that_go_on_from_one_to_the_next_are_held() {
    let plain = written::partclone_v2();
    let blocks = V2_HEADER + 12;
    let mut image = written::v2_header(|header| header[104] = 0);
    image.extend(&plain[V2_HEADER..blocks]);
    let mut crc = crc32fast::Hasher::new();
    for strip in plain[blocks..].chunks(2 * BLOCK + 4) {
        let data = &strip[..strip.len() - 4];
        crc.update(data);
        image.extend(data);
        image.extend((!crc.clone().finalize()).to_le_bytes());
    }
    assert_eq!(why(&image), "");
    for at in blocks..image.len() {
        assert!(noticed(&flipped(&image, at)), "byte {at}");
    }
}

#[test]
fn a_bitmap_of_bytes_is_as_long_as_it_is() {
    let plain = written::partclone_v2();
    let mut image = written::v2_header(|header| header[105] = 8);
    image.extend((0..64).map(|number| u8::from(STORED.contains(&number))));
    image.extend(b"BiTmAgIc");
    image.extend(&plain[V2_HEADER + 12..]);
    assert_eq!(why(&image), "");
    let obstacle = |bytes: &[u8]| recognise(bytes, Some(bytes.len() as u64)).unwrap().obstacle;
    assert_eq!(obstacle(&image), None);
    let need = image.len() as u64;
    assert_eq!(obstacle(&image[..image.len() - 1]), Some(Obstacle::Cut { have: need - 1, need }));
}

#[test]
fn the_largest_window_that_zstd_takes_unless_told_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("swap");
    std::fs::write(&image, written::swap()).unwrap();
    // from a pipe, so that the window is not that of the file
    let packed = made::stdout(&["sh", "-c", "cat \"$0\" | zstd -q --long=27 -c", made::text(&image)]);
    assert_eq!(why(&packed), "");
}
