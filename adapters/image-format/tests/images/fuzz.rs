//! Files nobody thought of: nothing panics, and what is told of a file is the same twice.
//!
//! `make fuzz` lets it run for minutes. A file that leads to an answer no other led to is kept and changed again; one that
//! breaks a law is written to `tests/images/crashes`, where it stays as a test.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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

/// Numbers from an xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
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

fn crashes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images/crashes")
}

fn fuzz(time: Duration, most: usize, seed: u64) {
    println!("IMG_FUZZ_SEED={seed}");
    let mut random = Random(seed | 1);
    let mut kept = corpus();
    let mut seen = HashSet::new();
    let (start, mut tried, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while start.elapsed() < time && tried < most {
        let file = changed(&kept, &mut random);
        let one = Instant::now();
        let outcome = std::panic::catch_unwind(|| hold(&file));
        slowest = slowest.max(one.elapsed());
        tried += 1;
        match outcome {
            Ok(new) if one.elapsed() < Duration::from_secs(20) => {
                if seen.insert(new) && kept.len() < 5000 {
                    kept.push(file);
                }
            }
            _ => {
                let name = crashes().join(format!("{:08x}", crc32fast::hash(&file)));
                std::fs::create_dir_all(crashes()).unwrap();
                std::fs::write(&name, &file).unwrap();
                panic!("it took {:?} or broke a law: {}", one.elapsed(), name.display());
            }
        }
    }
    println!("{tried} files in {:?}, {} answers, the slowest took {slowest:?}", start.elapsed(), seen.len());
}

#[test]
fn the_laws_hold_for_known_files() {
    for file in corpus() {
        hold(&file);
    }
    let Ok(known) = std::fs::read_dir(crashes()) else { return };
    for entry in known {
        hold(&std::fs::read(entry.unwrap().path()).unwrap());
    }
}

#[test]
fn the_laws_hold_for_some_thousand_changed_files() {
    fuzz(Duration::from_secs(4), 10_000, 1); // the same files each time
}

#[test]
#[ignore = "make fuzz runs it for minutes"]
fn the_laws_hold_for_minutes() {
    let seconds: u64 = std::env::var("IMG_FUZZ_SECONDS").map_or(300, |text| text.parse().unwrap());
    let seed = std::env::var("IMG_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let now = || std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    fuzz(Duration::from_secs(seconds), usize::MAX, seed.unwrap_or_else(now));
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
