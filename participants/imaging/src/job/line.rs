//! What a list shows of a job.

use std::collections::BTreeSet;

use super::{ImageJob, TestResult};
use crate::{ImageId, JobStatus, Tag};

/// What a list shows of a job: everything but what was asked for in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// Its unique id.
    pub image_id: ImageId,
    /// The queue it is in.
    pub queue: String,
    /// Who asked.
    pub user: String,
    /// What the image is called.
    pub name: String,
    /// The form of the image.
    pub image_type: String,
    /// The processor it is for.
    pub arch: String,
    /// How far it has come.
    pub status: JobStatus,
    /// When it was recorded, in milliseconds since 1970.
    pub created_ms: i64,
    /// When something was last heard of it.
    pub heard_ms: i64,
    /// When the build came to its end.
    pub done_ms: Option<i64>,
    /// Where the finished image is.
    pub image_url: String,
    /// Where all files of the job are.
    pub files_url: String,
    /// Where the log is.
    pub logfile_url: String,
    /// Why there is no image; a long text is cut.
    pub error: String,
    /// How its test ended.
    pub test_result: Option<TestResult>,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
}

impl ImageJob {
    /// Returns what a list shows of it.
    pub fn line(&self) -> JobLine {
        JobLine {
            image_id: self.image_id.clone(),
            queue: self.asked.queue.clone(),
            user: self.asked.user.clone(),
            name: self.asked.name.clone(),
            image_type: self.asked.image_type.clone(),
            arch: self.asked.arch.clone(),
            status: self.status.clone(),
            created_ms: self.created_ms,
            heard_ms: self.heard_ms,
            done_ms: self.done_ms,
            image_url: self.image_url.clone(),
            files_url: self.files_url.clone(),
            logfile_url: self.logfile_url.clone(),
            error: self.error.clone(),
            test_result: self.test_result,
            tags: self.tags.clone(),
        }
    }
}
