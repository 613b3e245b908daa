//! Answers that count for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use imaging::ProjectRepository;

/// How many answers are kept; then all are forgotten.
const MOST: usize = 1000;

type Answer = Option<Vec<ProjectRepository>>;

/// Answers by what was asked.
#[derive(Debug)]
pub(crate) struct Cache {
    keep: Duration,
    answers: Mutex<HashMap<String, (Instant, Answer)>>,
}

impl Cache {
    pub(crate) fn new(keep: Duration) -> Cache {
        Cache { keep, answers: Mutex::default() }
    }

    /// Returns an answer that still counts.
    pub(crate) fn get(&self, asked: &str) -> Option<Answer> {
        let answers = self.lock();
        let (when, answer) = answers.get(asked)?;
        (when.elapsed() < self.keep).then(|| answer.clone())
    }

    pub(crate) fn put(&self, asked: String, answer: Answer) {
        let mut answers = self.lock();
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(asked, (Instant::now(), answer));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Instant, Answer)>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
