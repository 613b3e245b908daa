//! Torrents nobody thought of: nothing panics, no size lies, and what is told of one is the same twice.
//!
//! `make fuzz` lets it run for minutes; one that breaks a law is written to `tests/crashes`, where it stays as a test.

use std::path::Path;
use std::time::Duration;

use fuzzing::{Laws, Random};
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
    assert_eq!(torrent.is_of(name, *length, torrent.info_hash), Ok(()));
    assert!(bytes.windows(name.len().max(1)).any(|part| name.is_empty() || part == name));
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

fn laws() -> Laws {
    Laws {
        inputs: "torrents",
        corpus: corpus(),
        changed,
        hold: Box::new(hold),
        crashes: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes"),
    }
}

#[test]
fn the_laws_hold_for_what_is_known() {
    assert_eq!(corpus().iter().filter(|bytes| hold(bytes) > 0).count(), 4);
    laws().for_what_is_known();
}

#[test]
fn the_laws_hold_for_some_thousand_changed_ones() {
    laws().for_some(Duration::from_secs(2), 20_000);
}

#[test]
#[ignore = "make fuzz runs it for minutes"]
fn the_laws_hold_for_minutes() {
    laws().for_minutes();
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), begin in 0usize..4) {
        let begins: [&[u8]; 4] = [b"", b"d", b"d4:infod", b"d8:announce0:4:infod6:lengthi1e"];
        hold(&[begins[begin], &bytes].concat());
    }
}
