//! Records that somebody wants an image, and gives the request its image id.
//!
//! With the param `action` = `get_or_create` a finished job of the same content answers instead, when there is one.

mod fields;

use imaging::{ImageId, ImageJob, JobStore, Lookup, now_ms, record_as};
use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};

use crate::fields::Request;

/// The participant `request_image`.
pub struct RequestImage {
    /// Where the job is recorded.
    pub store: Box<dyn JobStore>,
    /// Who asks, where the workitem does not say.
    pub username: String,
}

#[async_trait]
impl Participant for RequestImage {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let request = match Request::read(item, &self.username) {
            Ok(request) => request,
            Err(reason) => return Ok(Outcome::refuse().because(&reason).set("image.error", reason)),
        };
        if let Some(max_age_days) = request.reuse {
            let since_ms =
                max_age_days.map_or(0, |days| now_ms().saturating_sub(days.saturating_mul(86_400_000)));
            let lookup = Lookup { like: request.job.clone(), since_ms };
            let found =
                self.store.finished(&lookup).await.map_err(|e| Failure::outside("look for a job", e))?;
            if let Some(job) = found {
                return Ok(reused(&job));
            }
        }
        let image_id = self.record(&request).await?;
        tracing::Span::current().record("image_id", image_id.as_str()); // from here on the log knows it
        Ok(Outcome::done()
            .set("image.image_id", image_id.as_str())
            .set("image.prefix", request.job.prefix.as_str())
            .set("image.image_url", ""))
    }
}

impl RequestImage {
    /// Records the job under the first free id of this second.
    async fn record(&self, request: &Request) -> Result<ImageId, Failure> {
        let recorded = record_as(&*self.store, &request.ev_id, &request.job, now_ms()).await;
        let on_record = recorded.map_err(|error| Failure::outside("record the job", error))?;
        on_record.ok_or_else(|| {
            Failure::bad(
                "ev.id",
                "is too long for an image id, or all those of this second are taken already",
            )
        })
    }
}

/// Answers with a job that was finished before.
fn reused(job: &ImageJob) -> Outcome {
    Outcome::done()
        .set("image.image_id", job.image_id.as_str())
        .set("image.prefix", job.asked.prefix.as_str())
        .set("image.image_url", job.image_url.as_str())
        .set("image.files_url", job.files_url.as_str())
        .set("image.logfile_url", job.logfile_url.as_str())
}

impl std::fmt::Debug for RequestImage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RequestImage").field("username", &self.username).finish_non_exhaustive()
    }
}
