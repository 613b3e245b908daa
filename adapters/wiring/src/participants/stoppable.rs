//! A participant whose jobs people may stop at the desk.

mod site_wishes;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result as Anyhow;
use imaging::{ImageId, JobCare};
use job_store_sql::SqlJobStore;
use participant_core::exo::Running;
use participant_core::{
    Failure, Job, JobControl, Lifecycle, Outcome, Participant, Stop, Workitem, async_trait,
};

pub(crate) use self::site_wishes::SiteWishes;

/// How often to ask whether somebody wants a running job stopped.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// How long an answer is waited for: a build does not stand still because a database does.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whoever knows which jobs people want stopped.
#[async_trait]
pub(crate) trait Wishes: Send + Sync {
    /// Returns who wanted the job stopped, if somebody did.
    async fn cancelled_by(&self, image_id: &ImageId) -> Anyhow<Option<String>>;
}

#[async_trait]
impl Wishes for SqlJobStore {
    async fn cancelled_by(&self, image_id: &ImageId) -> Anyhow<Option<String>> {
        Ok(JobCare::cancelled_by(self, image_id).await?)
    }
}

/// Asks the job store before a job and while it runs; the rest is another participant's.
pub(crate) struct Stoppable {
    inner: Arc<dyn Participant>,
    wishes: Arc<dyn Wishes>,
    running: Running,
    /// Whether it was said that nobody answers.
    said: AtomicBool,
}

impl Stoppable {
    pub(crate) fn new(inner: Arc<dyn Participant>, wishes: Arc<dyn Wishes>, running: Running) -> Stoppable {
        Stoppable { inner, wishes, running, said: AtomicBool::new(false) }
    }

    async fn cancelled_by(&self, image_id: &ImageId) -> Option<String> {
        let asked = tokio::time::timeout(PATIENCE, self.wishes.cancelled_by(image_id)).await;
        let asked = asked.unwrap_or_else(|_| Err(anyhow::anyhow!("the job store does not answer")));
        let silent = asked.is_err();
        if let Some(trouble) = asked.as_ref().err().filter(|_| !self.said.swap(silent, Ordering::Relaxed)) {
            tracing::warn!("{trouble:#}; until that is mended, whoever stops a job does not end its build");
        }
        self.said.store(silent, Ordering::Relaxed);
        asked.ok().flatten()
    }

    /// Stops the process of a job as soon as somebody wants that.
    async fn watch(&self, image_id: &ImageId, wfid: &str) -> Infallible {
        loop {
            tokio::time::sleep(ASK_EVERY).await;
            if let Some(who) = self.cancelled_by(image_id).await {
                self.running.stop_process(wfid, &Stop::Person(who));
                std::future::pending::<()>().await;
            }
        }
    }
}

#[async_trait]
impl Participant for Stoppable {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let Some(image_id) = item.text("image.image_id").and_then(|id| ImageId::reduce(&id).ok()) else {
            return self.inner.handle_wi(item, job).await;
        };
        if let Some(who) = self.cancelled_by(&image_id).await {
            let reason = Stop::Person(who).to_string();
            return Ok(Outcome::refuse()
                .because(&reason)
                .set("image.result", false)
                .set("image.error", reason));
        }
        tokio::select! {
            done = self.inner.handle_wi(item, job) => done,
            never = self.watch(&image_id, &job.attempt().fei.wfid) => match never {},
        }
    }

    async fn handle_wi_control(&self, job: &Job, control: &JobControl) {
        self.inner.handle_wi_control(job, control).await;
    }

    async fn handle_lifecycle_control(&self, control: &Lifecycle) {
        self.inner.handle_lifecycle_control(control).await;
    }
}
