//! The jobs that run now, so that somebody can stop them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::control::Stop;
use crate::fei::Attempt;
use crate::job::StopHandle;

/// The running jobs of a worker, or of several that share it.
#[derive(Clone, Debug, Default)]
pub struct Running(Arc<Mutex<Jobs>>);

#[derive(Debug, Default)]
struct Jobs {
    next: u64,
    handles: HashMap<u64, (Attempt, StopHandle)>,
    stopped_processes: HashMap<String, Stop>,
    stopped_for_ever: Option<Stop>,
}

impl Running {
    /// Stops every job of one process, those that run now and those that are still to come.
    pub fn stop_process(&self, wfid: &str, reason: &Stop) {
        let mut jobs = self.lock();
        jobs.stopped_processes.entry(wfid.to_owned()).or_insert_with(|| reason.clone());
        for (attempt, handle) in jobs.handles.values() {
            if attempt.fei.wfid == wfid {
                handle.stop(reason.clone());
            }
        }
    }

    /// Stops every job, those that run now and those that are still to come.
    pub fn stop_for_ever(&self, reason: &Stop) {
        self.lock().stopped_for_ever = Some(reason.clone());
        self.stop_all(reason);
    }

    /// Stops every job that runs now.
    pub fn stop_all(&self, reason: &Stop) {
        for (_, handle) in self.lock().handles.values() {
            handle.stop(reason.clone());
        }
    }

    /// Notes a job until the entry is dropped.
    pub(super) fn enter(&self, attempt: Attempt, handle: StopHandle) -> Entry {
        let mut jobs = self.lock();
        if let Some(reason) = jobs.stopped_processes.get(&attempt.fei.wfid).or(jobs.stopped_for_ever.as_ref())
        {
            handle.stop(reason.clone());
        }
        jobs.next += 1;
        let key = jobs.next;
        jobs.handles.insert(key, (attempt, handle));
        Entry { jobs: self.clone(), key }
    }

    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A job in the list; leaves it when dropped.
pub(super) struct Entry {
    jobs: Running,
    key: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.jobs.lock().handles.remove(&self.key);
    }
}
