//! What is still known of a job that was deleted.

use crate::{Errand, ImageId, ImageJob, JobAttempt, Push};

/// A job that is no longer on record, while somebody may still be at work on it.
///
/// Whoever builds it hears of the deletion late: what he leaves behind is removed once he says that he is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneJob {
    /// The id it had.
    pub image_id: ImageId,
    /// The folder layer its files are in.
    pub prefix: String,
    /// Who wanted it stopped, if somebody did.
    pub cancelled_by: Option<String>,
    /// When it was deleted, in milliseconds since 1970.
    pub gone_ms: i64,
}

impl GoneJob {
    /// How long a store knows of it, in milliseconds: 90 days, longer than any workitem waits in a queue.
    pub const KEPT_MS: i64 = 90 * 24 * 3_600_000;

    /// Returns what stays of a job that is deleted.
    pub fn of(job: &ImageJob, now_ms: i64) -> GoneJob {
        GoneJob {
            image_id: job.image_id.clone(),
            prefix: job.asked.prefix.clone(),
            cancelled_by: job.cancelled_by.clone(),
            gone_ms: now_ms,
        }
    }

    /// Returns the errand that news of a job which is gone make necessary, with its key: they may be of files.
    ///
    /// News of a try that began after the deletion are about something else that has the same id.
    pub fn remove_files(&self, push: &Push) -> Option<(String, Errand)> {
        let JobAttempt { began, process } = &push.attempt;
        if *began > self.as_the_engine_writes() {
            return None;
        }
        let key = format!("remove {} after {} of {began} {process}", self.image_id, push.status);
        Some((key, Errand::RemoveFiles { prefix: self.prefix.clone() }))
    }

    /// The time of the deletion, to be compared with those of the engine.
    fn as_the_engine_writes(&self) -> String {
        let gone = jiff::Timestamp::from_millisecond(self.gone_ms).unwrap_or(jiff::Timestamp::MAX);
        gone.strftime("%Y-%m-%d %H:%M:%S%.6f UTC").to_string()
    }
}
