//! A participant that can be exchanged for another one between jobs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use participant_core::{
    Attempt, Failure, Job, JobControl, Lifecycle, Outcome, Participant, Workitem, async_trait,
};

/// Hands each job to the participant of the moment; a job that runs stays with the one it began with.
pub(crate) struct Replaceable(Mutex<Inner>);

struct Inner {
    now: Arc<dyn Participant>,
    started: bool,
    running: HashMap<Attempt, Arc<dyn Participant>>,
}

impl Replaceable {
    pub(crate) fn new(first: Arc<dyn Participant>) -> Replaceable {
        Replaceable(Mutex::new(Inner { now: first, started: false, running: HashMap::new() }))
    }

    /// Tells whether it takes workitems, or has done so.
    pub(crate) fn started(&self) -> bool {
        self.inner().started
    }

    /// Gives all jobs that are still to come to `next`; the old one dies after its last job.
    pub(crate) async fn replace(&self, next: Arc<dyn Participant>) {
        if !self.started() {
            self.inner().now = next;
            return;
        }
        next.handle_lifecycle_control(&Lifecycle::Start).await;
        let old = std::mem::replace(&mut self.inner().now, next);
        old.handle_lifecycle_control(&Lifecycle::Stop).await;
        tokio::spawn(async move {
            while Arc::strong_count(&old) > 1 {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            old.handle_lifecycle_control(&Lifecycle::Die).await;
        });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Takes a job off the list, also when its participant panics.
struct Entry<'a>(&'a Replaceable, Attempt);

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.0.inner().running.remove(&self.1);
    }
}

#[async_trait]
impl Participant for Replaceable {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let participant = {
            let mut inner = self.inner();
            let now = inner.now.clone();
            inner.running.insert(job.attempt().clone(), now.clone());
            now
        };
        let _entry = Entry(self, job.attempt().clone());
        participant.handle_wi(item, job).await
    }

    async fn handle_wi_control(&self, job: &Job, control: &JobControl) {
        let participant = self.inner().running.get(job.attempt()).cloned();
        if let Some(participant) = participant {
            participant.handle_wi_control(job, control).await;
        }
    }

    async fn handle_lifecycle_control(&self, control: &Lifecycle) {
        let now = {
            let mut inner = self.inner();
            inner.started = true;
            inner.now.clone()
        };
        now.handle_lifecycle_control(control).await;
    }
}

#[cfg(test)]
mod tests {
    use participant_core::testing::{Memory, job, workitem};
    use serde_json::json;
    use tokio::sync::Semaphore;

    use super::*;

    /// Answers its name, as soon as it may; notes what it hears.
    struct Named(&'static str, Arc<Semaphore>, Arc<Mutex<Vec<String>>>);

    impl Named {
        fn hears(&self, what: &str) {
            self.2.lock().unwrap().push(format!("{} {what}", self.0));
        }
    }

    #[async_trait]
    impl Participant for Named {
        async fn handle_wi(&self, _item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
            self.1.acquire().await.unwrap().forget();
            Ok(Outcome::done().set("by", self.0))
        }

        async fn handle_wi_control(&self, _job: &Job, _control: &JobControl) {
            self.hears("of its job");
        }

        async fn handle_lifecycle_control(&self, control: &Lifecycle) {
            self.hears(&format!("{control:?}"));
        }
    }

    #[tokio::test]
    async fn a_running_job_stays_with_the_participant_it_began_with() {
        let (may, heard) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
        let named = |name| Arc::new(Named(name, may.clone(), heard.clone()));
        let replaceable = Arc::new(Replaceable::new(named("first")));
        replaceable.replace(named("old")).await; // nobody has begun yet
        replaceable.handle_lifecycle_control(&Lifecycle::Start).await;
        let item = workitem(&json!({}));
        let (long, _stop) = job(&Memory::default());
        let running = {
            let (replaceable, item, job) = (replaceable.clone(), item.clone(), long.clone());
            tokio::spawn(async move { replaceable.handle_wi(&item, &job).await })
        };
        while replaceable.inner().running.is_empty() {
            tokio::task::yield_now().await;
        }

        replaceable.replace(named("new")).await;
        let control = JobControl::Stop(participant_core::Stop::Deadline);
        replaceable.handle_wi_control(&long, &control).await;
        may.add_permits(2);

        assert_eq!(running.await.unwrap().unwrap(), Outcome::done().set("by", "old"));
        let (next, _stop) = job(&Memory::default());
        assert_eq!(replaceable.handle_wi(&item, &next).await.unwrap(), Outcome::done().set("by", "new"));
        while heard.lock().unwrap().last().unwrap() != "old Die" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(
            *heard.lock().unwrap(),
            ["old Start", "new Start", "old Stop", "old of its job", "old Die"]
        );
    }
}
