//! Counts jobs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use participant_core::Attempt;

/// The jobs of all participants of a program.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Jobs>);

#[derive(Debug, Default)]
struct Jobs {
    began: HashMap<Attempt, Instant>,
    ended: u64,
}

impl Tally {
    /// A job begins.
    pub(super) fn begin(&self, attempt: Attempt) {
        self.jobs().began.insert(attempt, Instant::now());
    }

    /// A job ended; returns how long it took.
    pub(super) fn end(&self, attempt: &Attempt) -> Duration {
        let mut jobs = self.jobs();
        jobs.ended += 1;
        jobs.began.remove(attempt).map(|began| began.elapsed()).unwrap_or_default()
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl std::fmt::Display for Tally {
    /// Writes `1 job running, 12 ended`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let jobs = self.jobs();
        match (jobs.began.len(), jobs.ended) {
            (1, ended) => write!(out, "1 job running, {ended} ended"),
            (running, ended) => write!(out, "{running} jobs running, {ended} ended"),
        }
    }
}
