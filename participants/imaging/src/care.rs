//! What people do to jobs that are on record, and what became of them.

use async_trait::async_trait;

use crate::{ImageId, JobEvent, JobStatus, StoreError, Tag};

/// What became of a wish to change a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is as it was wished.
    Done,
    /// A job like that is not changed so.
    Refused(Unchangeable),
    /// There is no such job.
    NoJob,
}

/// Why a job stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchangeable {
    /// It is pinned.
    Pinned,
    /// It is this far.
    Is(JobStatus),
    /// It would have more than [`Tag::MOST`] tags.
    TooManyTags,
}

/// The part of a job store that people use. Whether they may, somebody else has asked: see [`Desk`](crate::Desk).
#[async_trait]
pub trait JobCare: Send + Sync {
    /// Puts tags on a job and takes others off it.
    async fn tag(
        &self,
        image_id: &ImageId,
        add: &[Tag],
        remove: &[Tag],
        who: &str,
        now_ms: i64,
    ) -> Result<Changed, StoreError>;

    /// Ends a job that is not over as ERROR, `cancelled by WHO`; from then on no try may build it.
    async fn cancel(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, StoreError>;

    /// Removes a job that is neither under way nor pinned, with its history. The errand of removing its files is
    /// noted in the same moment, and the audit log says who did it; see [`GoneJob`](crate::GoneJob) for what stays known.
    async fn delete(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, StoreError>;

    /// Returns the history of a job, the oldest first; empty when there is no such job.
    async fn events(&self, image_id: &ImageId) -> Result<Vec<JobEvent>, StoreError>;

    /// Adds to the history of a job; does nothing when there is no such job.
    async fn note(&self, image_id: &ImageId, event: &JobEvent) -> Result<(), StoreError>;

    /// Returns who wanted a job stopped, if somebody did: whoever builds it asks every now and then, also after it was
    /// deleted.
    async fn cancelled_by(&self, image_id: &ImageId) -> Result<Option<String>, StoreError>;
}
