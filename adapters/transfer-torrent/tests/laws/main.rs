//! Questions nobody thought of: nothing panics, every question has an answer in bencode, and no answer is long.
//!
//! `make fuzz` lets it run for minutes; what breaks a law is written to `tests/laws/crashes`, where it stays as a test.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bendy::decoding::{Decoder, Object};
use fuzzing::{Laws, Random};
use imaging::{ImagePath, InfoHash, PublishedTorrent};
use proptest::prelude::*;
use transfer_torrent::{Asked, Published, Settings, Tracker};

/// A longer answer would have more peers than it may.
const LONGEST: usize = 200 * 80 + 500;

/// One torrent is published.
struct One;

#[async_trait]
impl Published for One {
    async fn published(&self) -> Result<Vec<PublishedTorrent>, String> {
        let (torrent, file) = ("/a.img.torrent".into(), "/a.img".into());
        let image = ImagePath::new("a.img").unwrap();
        Ok(vec![PublishedTorrent { image, info_hash: InfoHash([b'a'; 20]), torrent, file, length: 1 }])
    }
}

/// Holds the laws; a tracker remembers what it was asked before.
struct Tracked {
    tracker: Tracker,
    runtime: tokio::runtime::Runtime,
}

impl Tracked {
    fn new() -> Tracked {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Tracked { tracker: Tracker::new(Arc::new(One), Settings::default()), runtime }
    }

    /// Panics unless all laws hold; returns a number that stands for what happened.
    fn hold(&self, bytes: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        // an address of HTTP is text
        let query = String::from_utf8_lossy(bytes);
        let [from, here] = ["10.0.0.2", "10.0.0.1"].map(|ip| ip.parse::<IpAddr>().unwrap());
        let asked = Asked { from: (from, 1).into(), here };
        let answers = self.runtime.block_on(async {
            [self.tracker.announce(&query, asked).await, self.tracker.scrape(&query).await]
        });
        for answer in answers {
            assert!(answer.len() <= LONGEST, "{} bytes", answer.len());
            let mut decoder = Decoder::new(&answer).with_max_depth(5);
            let Ok(Some(Object::Dict(mut dict))) = decoder.next_object() else { panic!("{answer:?}") };
            while let Some((key, _)) = dict.next_pair().expect("bencode") {
                key.hash(&mut hasher);
            }
            if answer.starts_with(b"d14:failure") {
                shape(&String::from_utf8_lossy(&answer)).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

fn shape(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphabetic).collect()
}

fn corpus() -> Vec<Vec<u8>> {
    let hash = "a".repeat(20);
    let info = "d6:lengthi9e4:name5:a.img12:piece lengthi4e6:pieces60:".to_owned() + &"p".repeat(60) + "e";
    [
        format!("info_hash={hash}&peer_id={hash}&port=1&left=0&event=started&numwant=9&compact=1"),
        format!("info_hash={hash}&peer_id={hash}&port=2&left=1&event=completed&no_peer_id=1&ip=::1"),
        format!("info_hash=%61{}&peer_id=%ff{}&port=65535&event=stopped", &hash[1..], &hash[1..]),
        format!("info_hash={hash}&info_hash={hash}"),
        format!("d8:announce1:x7:comment1:y4:info{info}e"),
        "d4:infod6:lengthi0e4:name0:12:piece lengthi1e6:pieces0:eli1ed1:ai-1eeee".to_owned(),
    ]
    .map(String::into_bytes)
    .into()
}

/// One of these with a few changes.
fn changed(kept: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    const WORDS: [&[u8]; 12] = [
        b"&",
        b"=",
        b"%",
        b"%00",
        b"d",
        b"l",
        b"i",
        b"e",
        b"9999999999999999999:",
        b"-",
        b"&left=",
        b"4:info",
    ];
    let mut bytes = kept[random.below(kept.len())].clone();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() + 1);
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            1 => bytes.truncate(at),
            2 => {
                let other = &kept[random.below(kept.len())];
                bytes.truncate(at);
                bytes.extend(&other[random.below(other.len())..]);
            }
            3 => {
                let part = bytes[at..].to_vec();
                bytes.extend(part);
            }
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                bytes.splice(at..at, word.repeat(1 + random.below(3)));
            }
        }
    }
    bytes.truncate(20_000);
    bytes
}

fn laws() -> Laws {
    let tracked = Tracked::new();
    Laws {
        inputs: "questions",
        corpus: corpus(),
        changed,
        hold: Box::new(move |bytes| tracked.hold(bytes)),
        crashes: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/laws/crashes"),
    }
}

#[test]
fn the_laws_hold_for_what_is_known() {
    laws().for_what_is_known();
}

#[test]
fn the_laws_hold_for_some_thousand_changed_ones() {
    laws().for_some(Duration::from_secs(4), 20_000);
}

#[test]
#[ignore = "make fuzz runs it for minutes"]
fn the_laws_hold_for_minutes() {
    laws().for_minutes();
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        Tracked::new().hold(&bytes);
    }
}
