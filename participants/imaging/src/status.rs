//! How far a job has come, and what may follow what.

use crate::NotAWord;

/// The state of an image job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobStatus {
    /// Recorded; nobody works on it yet.
    InQueue,
    /// An image is being made.
    Building,
    /// The image is there.
    Done,
    /// There is no image; the job says why.
    Error,
}

impl JobStatus {
    const ALL: [JobStatus; 4] = [JobStatus::InQueue, JobStatus::Building, JobStatus::Done, JobStatus::Error];

    /// Returns the text that stands in workitems and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            JobStatus::InQueue => "IN QUEUE",
            JobStatus::Building => "BUILDING",
            JobStatus::Done => "DONE",
            JobStatus::Error => "ERROR",
        }
    }

    /// Tells whether nothing more happens by itself.
    pub fn is_final(self) -> bool {
        matches!(self, JobStatus::Done | JobStatus::Error)
    }

    /// Tells whether one try at a job may go from this state to that one.
    ///
    /// Messages may overtake each other, so a state may be skipped, never taken back: a late BUILDING changes
    /// nothing. A newer try begins at BUILDING whatever the older one came to.
    pub fn may_become(self, next: JobStatus) -> bool {
        use JobStatus::{Building, Done, Error, InQueue};
        matches!((self, next), (InQueue, Building | Done | Error) | (Building, Done | Error))
    }
}

impl std::str::FromStr for JobStatus {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<JobStatus, NotAWord> {
        JobStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = JobStatus::ALL.iter().map(|status| status.as_str()).collect();
            NotAWord(format!("no job status `{text}`; there are {}", known.join(", ")))
        })
    }
}

impl std::fmt::Display for JobStatus {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}
