//! Where jobs are recorded.

use std::error::Error;

use async_trait::async_trait;

use crate::{ImageId, ImageJob, JobAttempt, JobStatus, NewJob};

/// News of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// What it has become.
    pub status: JobStatus,
    /// Which try says so.
    pub attempt: JobAttempt,
    /// Where the finished image is, when known.
    pub image_url: Option<String>,
    /// Where all files are, when known.
    pub files_url: Option<String>,
    /// Where the log is, when known.
    pub logfile_url: Option<String>,
    /// Why there is no image, when there is none.
    pub error: Option<String>,
}

impl Push {
    /// Makes news without details.
    pub fn new(status: JobStatus, attempt: JobAttempt) -> Push {
        Push { status, attempt, image_url: None, files_url: None, logfile_url: None, error: None }
    }
}

/// What became of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The job says so now.
    Taken,
    /// The job had heard as much or later news already; nothing changed.
    Old,
    /// There is no such job.
    NoJob,
}

/// A finished job somebody would take instead of a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The same in queue, user, name, type, arch, kickstart, tokens and options as this.
    pub like: NewJob,
    /// Done after this time, in milliseconds since 1970.
    pub since_ms: i64,
}

/// The job store cannot be read or written; it says what was being done.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} in the job store")]
pub struct StoreError {
    /// What was being done, as `record a job`.
    pub doing: &'static str,
    /// What came of it.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// The record of all jobs; everything it says `Ok` to survives the machine losing power.
#[async_trait]
pub trait JobStore: Send + Sync {
    /// Records a job as IN QUEUE under `image_id`, at `now_ms` milliseconds since 1970.
    ///
    /// Returns the id it is on record with: when the same request was recorded before, that one's. `None` when
    /// another request has taken this id.
    async fn record(
        &self,
        image_id: &ImageId,
        job: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, StoreError>;

    /// Takes news of a job, unless it has heard later news: see [`JobStatus::may_become`] and [`JobAttempt`].
    async fn push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, StoreError>;

    /// Returns a job.
    async fn job(&self, image_id: &ImageId) -> Result<Option<ImageJob>, StoreError>;

    /// Returns the newest jobs, newest first.
    async fn newest(&self, limit: u32) -> Result<Vec<ImageJob>, StoreError>;

    /// Returns the newest finished job like another.
    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError>;
}
