//! How long each step of a build takes.

use std::sync::Mutex;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// A step of a build that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTime {
    /// What was done, as `installing packages`.
    pub step: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// Notes when steps begin; each lasts until the next begins.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch(Mutex<Vec<(String, Instant)>>);

impl Stopwatch {
    /// Hears what is done now; progress within a step begins nothing new.
    pub(crate) fn at(&self, step: &str) {
        let mut begun = self.0.lock().expect("pushing does not panic");
        if begun.last().is_none_or(|(last, _)| last != step) {
            begun.push((step.to_owned(), Instant::now()));
        }
    }

    /// Returns all steps in their order; the last one ends now.
    pub(crate) fn read(&self) -> Vec<StepTime> {
        let begun = self.0.lock().expect("reading does not panic");
        let ends = begun.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        let spent = begun.iter().zip(ends).map(|((step, began), end)| StepTime {
            step: step.clone(),
            ms: u64::try_from(end.duration_since(*began).as_millis()).unwrap_or(u64::MAX),
        });
        spent.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_step_lasts_until_the_next_begins() {
        let watch = Stopwatch::default();
        watch.at("planning");
        std::thread::sleep(Duration::from_millis(30));
        watch.at("installing packages");
        watch.at("installing packages");
        watch.at("finishing");

        let read = watch.read();

        let names: Vec<_> = read.iter().map(|time| time.step.as_str()).collect();
        assert_eq!(names, ["planning", "installing packages", "finishing"]);
        assert!(read[0].ms >= 30, "{read:?}");
    }
}
