//! A job store in memory, with all that goes with it.

mod accounts;
mod jobs;
mod site;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use crate::{
    Account, ApiToken, AuditEntry, Entry, GoneJob, Group, ImageId, ImageJob, JobEvent, Session, Table, Taken,
    registry,
};

/// Jobs and everything else a store keeps, in memory.
#[derive(Debug)]
pub struct MemoryStore(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// In the order they were recorded.
    jobs: Vec<Kept>,
    last_number: i64,
    gone: BTreeMap<String, GoneJob>,
    errands: Vec<Noted>,
    entries: BTreeMap<(Table, String), Entry>,
    accounts: BTreeMap<String, (Account, Option<String>)>,
    groups: BTreeMap<String, Group>,
    tokens: Vec<(String, ApiToken)>,
    sessions: BTreeMap<String, Session>,
    audit: Vec<AuditEntry>,
}

#[derive(Debug)]
struct Kept {
    number: i64,
    job: ImageJob,
    events: Vec<JobEvent>,
}

#[derive(Debug)]
struct Noted {
    taken: Taken,
    due_ms: i64,
    done: bool,
}

impl Default for MemoryStore {
    fn default() -> MemoryStore {
        let entries = registry::defaults();
        let entries =
            entries.into_iter().map(|entry| ((entry.table(), entry.name().to_owned()), entry)).collect();
        MemoryStore(Mutex::new(Inner { entries, ..Inner::default() }))
    }
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    fn find(&mut self, image_id: &ImageId) -> Option<&mut Kept> {
        self.jobs.iter_mut().find(|kept| kept.job.image_id == *image_id)
    }

    fn ask(&mut self, key: String, image_id: &ImageId, errand: crate::Errand, now_ms: i64) -> bool {
        if self.errands.iter().any(|noted| noted.taken.key == key) {
            return false;
        }
        let taken = Taken { key, image_id: image_id.clone(), errand, tries: 0 };
        self.errands.push(Noted { taken, due_ms: now_ms, done: false });
        true
    }

    fn audit(&mut self, at_ms: i64, who: &str, what: &str, about: &str) {
        self.audit.push(AuditEntry { at_ms, who: who.into(), what: what.into(), about: about.into() });
    }
}
