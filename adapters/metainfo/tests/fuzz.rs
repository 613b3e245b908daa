//! Torrents nobody thought of: nothing panics, no size lies, and what is told of one is the same twice.
//!
//! `make fuzz` lets it run for minutes. One that leads to an answer no other led to is kept and changed again.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use metainfo::Metainfo;
use proptest::prelude::*;

/// Panics unless all laws hold; returns a number that stands for what happened.
fn hold(bytes: &[u8]) -> u64 {
    let told = Metainfo::parse(bytes);
    assert_eq!(told, Metainfo::parse(bytes));
    let Ok(torrent) = told else { return 0 };
    let Metainfo { length, piece_length, pieces, name, announce, comment, .. } = &torrent;
    let count = u64::try_from(pieces.len() / 20).unwrap();
    assert_eq!((pieces.len() % 20, count), (0, length.div_ceil(*piece_length)), "{torrent:?}");
    assert!(
        pieces.len() + name.len() + announce.len() + comment.len() < bytes.len(),
        "all of it is in the file"
    );
    1 + count.min(5)
        + 10 * name.len().min(9) as u64
        + 100 * comment.len().min(9) as u64
        + 1000 * length.min(&9)
}

fn corpus() -> Vec<Vec<u8>> {
    let torrent = |comment: &str, length: u64, piece: u64, extra: &str| {
        let pieces = "\u{1}".repeat(usize::try_from(20 * length.div_ceil(piece)).unwrap());
        let count = pieces.len();
        format!(
            "d8:announce14:http://t:6969/7:comment{}:{comment}10:created by3:img13:creation datei17e4:infod{extra}6:lengthi{length}e4:name5:a.img12:piece lengthi{piece}e6:pieces{count}:{pieces}ee",
            comment.len()
        )
    };
    vec![
        torrent("0123456789abcdef0123456789abcdef", 1, 4 << 20, "").into(),
        torrent("", (4 << 20) + 1, 4 << 20, "").into(),
        torrent("x", 0, 4, "").into(),
        torrent("x", 9, 4, "5:filesld6:lengthi1e4:pathl1:aeee").into(),
    ]
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}

fn changed(all: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = all[random.below(all.len())].clone();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => bytes[at] = b"dlie:0123456789-"[random.below(16)],
            2 => bytes.truncate(at),
            3 => {
                let words: [&[u8]; 7] = [
                    b"d",
                    b"l",
                    b"e",
                    b"i-1e",
                    b"i99999999999999999999e",
                    b"9223372036854775808:",
                    b"6:pieces0:",
                ];
                bytes.splice(at..at, words[random.below(7)].iter().copied().cycle().take(random.below(64)));
            }
            _ => {
                let other = &all[random.below(all.len())];
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
    }
    bytes
}

fn fuzz(time: Duration, most: usize, seed: u64) {
    println!("IMG_FUZZ_SEED={seed}");
    let (mut random, mut kept, mut seen) = (Random(seed | 1), corpus(), HashSet::new());
    let (start, mut tried) = (Instant::now(), 0);
    while start.elapsed() < time && tried < most {
        let bytes = changed(&kept, &mut random);
        let outcome = std::panic::catch_unwind(|| hold(&bytes));
        tried += 1;
        let answer = outcome.unwrap_or_else(|_| panic!("it breaks a law: {}", bytes.escape_ascii()));
        if seen.insert(answer) && kept.len() < 2000 {
            kept.push(bytes);
        }
    }
    println!("{tried} torrents in {:?}, {} answers", start.elapsed(), seen.len());
}

#[test]
fn the_laws_hold_for_torrents_as_they_are_and_for_changed_ones() {
    assert_eq!(corpus().iter().filter(|bytes| hold(bytes) > 0).count(), 4);
    fuzz(Duration::from_secs(2), 20_000, 1); // the same ones each time
}

#[test]
#[ignore = "make fuzz runs it for minutes"]
fn the_laws_hold_for_minutes() {
    let seconds: u64 = std::env::var("IMG_FUZZ_SECONDS").map_or(60, |text| text.parse().unwrap());
    let seed = std::env::var("IMG_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let now = || u64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    fuzz(Duration::from_secs(seconds), usize::MAX, seed.unwrap_or_else(now));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), begin in 0usize..4) {
        let begins: [&[u8]; 4] = [b"", b"d", b"d4:infod", b"d8:announce0:4:infod6:lengthi1e"];
        hold(&[begins[begin], &bytes].concat());
    }
}
