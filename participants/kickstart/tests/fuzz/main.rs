//! Reads, checks, changes and prints texts that nobody thought of.
//!
//! `make fuzz` lets it run for five minutes. An input that does something no other did is kept for that run and changed
//! again; one that breaks a law is written to `tests/fuzz/crashes`, where it stays as a test.

mod laws;
mod mutate;
mod yaml;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutate::{Random, Words};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name)
}

/// Returns the files of a folder in the order of their names.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect()
}

/// What is fed.
struct Target {
    /// The folder of inputs to begin with.
    corpus: &'static str,
    /// How names of its files end.
    ending: &'static str,
    words: Words,
    /// Panics unless all laws hold; returns a number that stands for what happened.
    hold: fn(&[u8]) -> u64,
}

const KICKSTARTS: Target =
    Target { corpus: "corpus", ending: "ks", words: Words::Kickstart, hold: laws::hold };
const YAML: Target = Target { corpus: "yaml", ending: "yaml", words: Words::Yaml, hold: yaml::hold };

impl Target {
    /// Returns the inputs to begin with, and those that once broke a law.
    fn known(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let corpus = files(&folder(self.corpus));
        assert!(corpus.len() >= 4, "the corpus is not whole");
        let crashes = files(&folder("crashes")).into_iter();
        let own = crashes.filter(|(path, _)| path.extension().is_some_and(|ending| ending == self.ending));
        corpus.into_iter().chain(own).collect()
    }
}

#[test]
fn the_laws_hold_for_the_corpus_and_for_what_once_broke_them() {
    for target in [KICKSTARTS, YAML] {
        for (path, text) in target.known() {
            println!("{}", path.display());
            (target.hold)(&text);
        }
    }
}

#[test]
fn the_laws_hold_for_some_thousand_changed_inputs() {
    fuzz(&KICKSTARTS, Duration::from_secs(4), 20_000, 1); // the same inputs each time
    fuzz(&YAML, Duration::from_secs(4), 20_000, 1);
}

#[test]
#[ignore = "make fuzz runs it for minutes"]
fn the_laws_hold_for_minutes() {
    let seconds: u64 = std::env::var("IMG_FUZZ_SECONDS").map_or(300, |text| text.parse().unwrap());
    let seed = std::env::var("IMG_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let now = || std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    for target in [KICKSTARTS, YAML] {
        fuzz(&target, Duration::from_secs(seconds.div_ceil(2)), usize::MAX, seed.unwrap_or_else(now));
    }
}

/// Changes inputs until the time is over or so many were tried.
fn fuzz(target: &Target, time: Duration, most: usize, seed: u64) {
    println!("IMG_FUZZ_SEED={seed} for {}", target.corpus);
    let mut random = Random(seed | 1);
    let mut kept: Vec<Vec<u8>> = files(&folder(target.corpus)).into_iter().map(|(_, text)| text).collect();
    let mut seen: HashSet<u64> = HashSet::new();
    let (start, mut tried, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while start.elapsed() < time && tried < most {
        let text = mutate::changed(&kept, target.words, &mut random);
        let one = Instant::now();
        let outcome = std::panic::catch_unwind(|| (target.hold)(&text));
        let took = one.elapsed();
        slowest = slowest.max(took);
        tried += 1;
        match outcome {
            Ok(done) if took < Duration::from_secs(5) => {
                if seen.insert(done) && kept.len() < 20_000 {
                    kept.push(text);
                }
            }
            _ => {
                let name = text.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                    (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
                });
                let file = folder("crashes").join(format!("{name:016x}.{}", target.ending));
                std::fs::write(&file, &text).unwrap();
                panic!("it took {took:?} and broke a law: {}", file.display());
            }
        }
    }
    println!(
        "{tried} inputs in {:?}, {} did something new, the slowest took {slowest:?}",
        start.elapsed(),
        kept.len()
    );
}
