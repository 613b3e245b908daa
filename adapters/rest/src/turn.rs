//! Turns to read a long body: the memory is bounded, and nobody takes all turns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// So many long bodies are read at a time.
const ALL: usize = 4;

/// Turns of all, of which each person has one at a time.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Semaphore,
    people: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A turn; it is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _all: SemaphorePermit<'a>,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    pub(crate) fn new() -> Turns {
        Turns { all: Semaphore::new(ALL), people: Mutex::default() }
    }

    /// Waits for the turn of a person: after their other ones, and those of others who came before.
    pub(crate) async fn of(&self, person: &str) -> Result<Turn<'_>, AcquireError> {
        let own = self.own(person).acquire_owned().await?;
        Ok(Turn { _all: self.all.acquire().await?, _own: own })
    }

    fn own(&self, person: &str) -> Arc<Semaphore> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        // who neither has a turn nor waits for one is forgotten
        people.retain(|_, own| Arc::strong_count(own) > 1);
        people.entry(person.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
    }
}
