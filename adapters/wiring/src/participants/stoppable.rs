//! A participant whose jobs people may stop at the desk.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use imaging::{ImageId, JobCare};
use participant_core::exo::Running;
use participant_core::{
    Failure, Job, JobControl, Lifecycle, Outcome, Participant, Stop, Workitem, async_trait,
};

/// How often to ask whether somebody wants a running job stopped.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// Asks the job store before a job and while it runs; the rest is another participant's.
pub(crate) struct Stoppable {
    inner: Arc<dyn Participant>,
    care: Arc<dyn JobCare>,
    running: Running,
}

impl Stoppable {
    pub(crate) fn new(inner: Arc<dyn Participant>, care: Arc<dyn JobCare>, running: Running) -> Stoppable {
        Stoppable { inner, care, running }
    }

    async fn cancelled_by(&self, image_id: &ImageId) -> Option<String> {
        match self.care.cancelled_by(image_id).await {
            Ok(who) => who,
            Err(trouble) => {
                tracing::warn!("{:#}", anyhow::Error::new(trouble));
                None
            }
        }
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
