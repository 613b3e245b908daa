//! Where jobs are recorded.

use std::error::Error;

use async_trait::async_trait;

use crate::{ImageId, ImageJob, JobAttempt, JobStatus, NewJob, TestResult};

/// News of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// What it has become.
    pub status: JobStatus,
    /// Which try says so.
    pub attempt: JobAttempt,
    /// Who says so, for the history: a process, a program.
    pub who: String,
    /// Where the finished image is, when known.
    pub image_url: Option<String>,
    /// Where all files are, when known.
    pub files_url: Option<String>,
    /// Where the log is, when known.
    pub logfile_url: Option<String>,
    /// Why there is no image, when there is none.
    pub error: Option<String>,
    /// How its test ended, when known.
    pub test_result: Option<TestResult>,
    /// Where the results of its test are, when known.
    pub test_results_url: Option<String>,
}

impl Push {
    /// Makes news without details, told by the process of the try.
    pub fn new(status: JobStatus, attempt: JobAttempt) -> Push {
        let who = attempt.process.clone();
        Push {
            status,
            attempt,
            who,
            image_url: None,
            files_url: None,
            logfile_url: None,
            error: None,
            test_result: None,
            test_results_url: None,
        }
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
    /// The job it is like: see [`NewJob::is_like`].
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

/// The disk that jobs are recorded on takes no more; as the source of a [`StoreError`] it says that waiting does not help.
#[derive(Debug, thiserror::Error)]
#[error("the disk of {place} is full{}: make room there", if *.is_certain { "" } else { ", or does not work" })]
pub struct NoRoom {
    /// The file, or the server without its password.
    pub place: String,
    /// Whether nothing else could have been the reason.
    pub is_certain: bool,
    /// In the words of the database.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// Returns which disk is full, where that is the reason.
    pub fn no_room(&self) -> Option<&NoRoom> {
        self.source.downcast_ref()
    }
}

/// The record of all jobs; everything it says `Ok` to survives the machine losing power.
///
/// Everything may be asked twice, because an answer was lost: it then happens once.
#[async_trait]
pub trait JobStore: Send + Sync {
    /// Records a job as IN QUEUE under `image_id`, at `now_ms` milliseconds since 1970.
    ///
    /// Returns the id it is on record with: when the same request was recorded before, that one's. `None` when
    /// another request has taken this id. In a queue that launches, the errand of building it is noted in the same
    /// moment: see [`Outbox`](crate::Outbox).
    async fn record(
        &self,
        image_id: &ImageId,
        job: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, StoreError>;

    /// Takes news of a job, unless it has heard later news: see [`JobStatus::may_become`] and [`JobAttempt`].
    ///
    /// When the state changes, the errands of the active post-processes that the job chose for that state are noted
    /// in the same moment, once a try.
    async fn push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, StoreError>;

    /// Returns a job.
    async fn job(&self, image_id: &ImageId) -> Result<Option<ImageJob>, StoreError>;

    /// Returns the newest finished job like another.
    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError>;
}

/// How many jobs of one stem may be asked for in the same second.
const TRIES: u32 = 1000;

/// Records a job under the first free id of this second: `STEM-YYYYMMDD-HHMMSS`, from the second on with `-2`, `-3`…
///
/// `None` when all of the second are taken, or `stem` is too long to begin an id.
pub async fn record_as(
    store: &dyn JobStore,
    stem: &str,
    job: &NewJob,
    now_ms: i64,
) -> Result<Option<ImageId>, StoreError> {
    let time = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    for number in 1..=TRIES {
        let again = if number == 1 { String::new() } else { format!("-{number}") };
        let Ok(id) = ImageId::new(stem, &format!("{}{again}", time.strftime("%Y%m%d-%H%M%S"))) else {
            return Ok(None);
        };
        if let Some(on_record) = store.record(&id, job, now_ms).await? {
            return Ok(Some(on_record));
        }
    }
    Ok(None)
}
