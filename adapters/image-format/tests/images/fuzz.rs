//! Files nobody thought of: nothing panics, and what is told of a file is the same twice.
//!
//! `make fuzz` lets it run for minutes; a file that breaks a law is written to `tests/images/crashes`, where it stays as a test.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use fuzzing::{Laws, Random};
use image_format::{LARGEST, recognise, verify};
use proptest::prelude::*;

use crate::made::{self, COMPRESSORS};
use crate::written;

/// Panics unless all laws hold; returns a number that stands for what happened.
fn hold(file: &[u8]) -> u64 {
    let length = Some(file.len() as u64);
    let told = recognise(file, length);
    let report = verify(file, length);
    let mut hasher = DefaultHasher::new();
    match (&told, &report) {
        (Ok(told), Ok(report)) => {
            assert_eq!(told, &report.image, "both say the same");
            let bytes = told.restore_bytes.unwrap_or(1);
            assert!(bytes > 0 && bytes <= LARGEST + 512, "{bytes}");
            let _ = (told.line().to_string(), told.compat_line().map(|line| line.to_string()));
            assert!(report.read.file <= file.len() as u64);
            if let Some(fault) = &report.fault {
                assert!(fault.at.image <= report.read.image, "{fault:?} {:?}", report.read);
                let shape: String = fault.why.chars().filter(|c| !c.is_ascii_digit()).collect();
                shape.hash(&mut hasher);
            }
            (told.tool, told.compressor, told.filesystem, told.restorable()).hash(&mut hasher);
            report.layers.iter().for_each(|layer| (layer.name, layer.held.min(2)).hash(&mut hasher));
        }
        (Err(refused), other) => {
            // the whole file may show more than its beginning
            assert!(other.is_err() || file.len() > 8 << 20, "{refused}");
            let shape: String = refused.to_string().chars().filter(|c| !c.is_ascii_digit()).collect();
            shape.hash(&mut hasher);
        }
        (Ok(told), Err(refused)) => panic!("{told:?} and then {refused}"),
    }
    hasher.finish()
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for image in written::all() {
        let path = folder.path().join("image");
        std::fs::write(&path, image).unwrap();
        files.extend(
            COMPRESSORS.iter().map(|(program, _)| std::fs::read(made::packed(&path, program)).unwrap()),
        );
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for name in ["partimage-fat16.xz", "fsarchiver-ext3.xz"] {
        let path = fixtures.join(name);
        files.push(std::fs::read(&path).unwrap());
        files.push(made::stdout(&["xz", "-dc", made::text(&path)]));
    }
    files
}

/// One of the files with a few changes, most of them near its beginning, where the headers are.
fn changed(files: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut file = files[random.below(files.len())].clone();
    for _ in 0..=random.below(3) {
        let near = if random.below(2) == 0 { 256 } else { file.len() };
        let at = random.below(near.min(file.len()));
        match random.below(6) {
            0 if !file.is_empty() => file[at] ^= 1 << random.below(8),
            1 if !file.is_empty() => file[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
            2 => {
                let number = [0, 1, u64::MAX, 1 << 63, 1 << 31, 0xffff][random.below(6)].to_le_bytes();
                let len = [2, 4, 8][random.below(3)].min(file.len() - at);
                file[at..at + len].copy_from_slice(&number[..len]);
            }
            3 => file.truncate(at),
            4 => {
                let other = &files[random.below(files.len())];
                let from = random.below(other.len());
                file.truncate(at);
                file.extend(&other[from..]);
            }
            _ => {
                let len = random.below(16);
                file.splice(at..at, vec![random.below(256) as u8; len]);
            }
        }
    }
    if file.starts_with(b"partclone-image") && file.len() >= 110 && random.below(4) > 0 {
        let crc = !crc32fast::hash(&file[..106]);
        file[106..110].copy_from_slice(&crc.to_le_bytes()); // or nothing would come past the header
    }
    file
}

fn laws() -> Laws {
    Laws {
        inputs: "files",
        corpus: corpus(),
        changed,
        hold: Box::new(hold),
        crashes: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images/crashes"),
    }
}

#[test]
fn the_laws_hold_for_what_is_known() {
    laws().for_what_is_known();
}

#[test]
fn the_laws_hold_for_some_thousand_changed_ones() {
    laws().for_some(Duration::from_secs(4), 10_000);
}

#[test]
#[ignore = "make fuzz runs it for minutes"]
fn the_laws_hold_for_minutes() {
    laws().for_minutes();
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), magic in 0usize..9) {
        let magics: [&[u8]; 9] = [
            b"", b"\x89LZO\0\x0d\x0a\x1a\x0a\x10\x40\x20\xa0\x09\x40\x01\x05", b"\x1f\x8b\x08", b"BZh91AY&SY",
            b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"partclone-image", b"\0ntfsclone-image\x0a\x01",
        ];
        hold(&[magics[magic], &bytes].concat());
    }
}
