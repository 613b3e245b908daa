//! Changed inputs for what has laws: an input that leads to an answer no other led to is kept and changed again, one that breaks
//! a law is written to a folder, where it stays as a test. Only tests use it; `make fuzz` lets them run for minutes.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// An input that takes longer breaks a law, too.
const LONGEST: Duration = Duration::from_secs(20);
/// So many inputs are kept.
const MOST_KEPT: usize = 5000;

/// Numbers from an xorshift.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Returns a number that is smaller than `limit`, and 0 when none is.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("it is smaller than a size")
    }
}

/// Panics unless all laws hold for an input; returns a number that stands for what happened.
pub type Hold = Box<dyn Fn(&[u8]) -> u64>;

/// Something that has laws.
pub struct Laws {
    /// What the inputs are: `torrents`.
    pub inputs: &'static str,
    /// Inputs as they are.
    pub corpus: Vec<Vec<u8>>,
    /// Returns one of these with a few changes.
    pub changed: fn(&[Vec<u8>], &mut Random) -> Vec<u8>,
    /// Holds them.
    pub hold: Hold,
    /// Where inputs are kept that broke one.
    pub crashes: PathBuf,
}

impl Laws {
    /// Looks at what is known: the corpus, and what once broke a law.
    ///
    /// # Panics
    /// When a law does not hold.
    pub fn for_what_is_known(&self) {
        self.corpus.iter().for_each(|input| _ = (self.hold)(input));
        let Ok(known) = std::fs::read_dir(&self.crashes) else { return };
        for entry in known {
            (self.hold)(&std::fs::read(entry.expect("a folder").path()).expect("a file"));
        }
    }

    /// Looks at some changed inputs, the same ones each time, until it has taken `time`.
    ///
    /// # Panics
    /// When a law does not hold.
    pub fn for_some(self, time: Duration, most: usize) {
        self.fuzz(time, most, 1);
    }

    /// Looks at changed inputs for `IMG_FUZZ_SECONDS`, 300 unless told, from `IMG_FUZZ_SEED` on.
    ///
    /// # Panics
    /// When a law does not hold.
    pub fn for_minutes(self) {
        let told = |name| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
        let now = || {
            SystemTime::UNIX_EPOCH.elapsed().map_or(1, |time| u64::from(time.subsec_nanos()) + time.as_secs())
        };
        let seconds = told("IMG_FUZZ_SECONDS").unwrap_or(300);
        self.fuzz(Duration::from_secs(seconds), usize::MAX, told("IMG_FUZZ_SEED").unwrap_or_else(now));
    }

    fn fuzz(mut self, time: Duration, most: usize, seed: u64) {
        println!("IMG_FUZZ_SEED={seed}");
        let (mut random, mut seen) = (Random(seed | 1), HashSet::new());
        let (start, mut tried, mut slowest) = (Instant::now(), 0, Duration::ZERO);
        while start.elapsed() < time && tried < most {
            let input = (self.changed)(&self.corpus, &mut random);
            let one = Instant::now();
            let answer = catch_unwind(AssertUnwindSafe(|| (self.hold)(&input)));
            let took = one.elapsed();
            (tried, slowest) = (tried + 1, slowest.max(took));
            match answer {
                Ok(answer) if took < LONGEST => {
                    if seen.insert(answer) && self.corpus.len() < MOST_KEPT {
                        self.corpus.push(input);
                    }
                }
                _ => self.keep(&input, took),
            }
        }
        let answers = seen.len();
        println!(
            "{tried} {} in {:?}, {answers} answers, the slowest took {slowest:?}",
            self.inputs,
            start.elapsed()
        );
    }

    fn keep(&self, input: &[u8], took: Duration) -> ! {
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let path = self.crashes.join(format!("{:016x}", hasher.finish()));
        std::fs::create_dir_all(&self.crashes).expect("a folder");
        std::fs::write(&path, input).expect("room");
        panic!("it took {took:?} or broke a law: {}", path.display());
    }
}

impl std::fmt::Debug for Laws {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Laws").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(kept: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        let mut input = kept[random.below(kept.len())].clone();
        input.push(u8::try_from(random.below(256)).unwrap());
        input
    }

    #[test]
    fn an_input_that_breaks_a_law_is_found_and_stays_as_a_test() {
        let folder = std::env::temp_dir().join(format!("img-fuzzing-{}", std::process::id()));
        let laws = |hold: fn(&[u8]) -> u64| Laws {
            inputs: "texts",
            corpus: vec![vec![]],
            changed,
            hold: Box::new(hold),
            crashes: folder.clone(),
        };
        let ends_in_seven = |input: &[u8]| {
            assert_ne!(input.last(), Some(&7), "a law");
            input.len() as u64
        };
        let time = Duration::from_secs(60);
        let found = catch_unwind(AssertUnwindSafe(|| laws(ends_in_seven).for_some(time, 10_000)));
        let known = catch_unwind(AssertUnwindSafe(|| laws(ends_in_seven).for_what_is_known()));
        let mended = catch_unwind(AssertUnwindSafe(|| laws(|input| input.len() as u64).for_what_is_known()));
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(found.is_err() && known.is_err() && mended.is_ok());
    }
}
