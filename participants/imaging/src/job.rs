//! One job: somebody wants an image.

mod asked;
mod line;
mod test_result;

use std::collections::BTreeSet;

pub use self::asked::{ExtraRepo, NewJob};
pub use self::line::JobLine;
pub use self::test_result::TestResult;
use crate::{ImageId, JobStatus, Lookup, Push, Tag};

/// Which try at a job a message is about; a later one compares greater.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct JobAttempt {
    /// When it began, as the engine writes times; empty when unknown, and then older than any other.
    pub began: String,
    /// The process it belongs to.
    pub process: String,
}

/// A job as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageJob {
    /// Its unique id.
    pub image_id: ImageId,
    /// What was asked for.
    pub asked: NewJob,
    /// How far it has come.
    pub status: JobStatus,
    /// The try that set the status.
    pub attempt: JobAttempt,
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
    /// Why there is no image.
    pub error: String,
    /// How its test ended.
    pub test_result: Option<TestResult>,
    /// Where the results of its test are.
    pub test_results_url: String,
    /// Its tags as they are now.
    pub tags: BTreeSet<Tag>,
    /// Who wanted it stopped: nobody builds it any more.
    pub cancelled_by: Option<String>,
}

impl ImageJob {
    /// Returns a job as it is when it was just recorded.
    pub fn recorded(image_id: &ImageId, asked: &NewJob, now_ms: i64) -> ImageJob {
        ImageJob {
            image_id: image_id.clone(),
            asked: asked.clone(),
            status: JobStatus::InQueue,
            attempt: JobAttempt::default(),
            created_ms: now_ms,
            heard_ms: now_ms,
            done_ms: None,
            image_url: String::new(),
            files_url: String::new(),
            logfile_url: String::new(),
            error: String::new(),
            test_result: None,
            test_results_url: String::new(),
            tags: asked.tags.clone(),
            cancelled_by: None,
        }
    }

    /// Takes news when they are newer than what is known, and says whether they were.
    ///
    /// A job store applies this to its record, so that all of them decide alike.
    pub fn hear(&mut self, push: &Push, now_ms: i64) -> bool {
        let newer = push.attempt > self.attempt;
        let goes_on = self.status.may_become(&push.status) && push.attempt >= self.attempt;
        let begins_anew = newer && push.status == JobStatus::Building && self.cancelled_by.is_none();
        if !(goes_on || begins_anew) {
            return false;
        }
        let build_ends = !self.status.is_final() && push.status.is_final();
        self.status = push.status.clone();
        self.heard_ms = now_ms;
        // what a post-process says belongs to the build it is about
        if newer && !push.status.is_after_done() {
            self.attempt = push.attempt.clone();
        }
        if begins_anew {
            // what the older try left is not of this one
            for url in
                [&mut self.image_url, &mut self.files_url, &mut self.logfile_url, &mut self.test_results_url]
            {
                url.clear();
            }
            self.test_result = None;
        }
        for (field, news) in [
            (&mut self.image_url, &push.image_url),
            (&mut self.files_url, &push.files_url),
            (&mut self.logfile_url, &push.logfile_url),
            (&mut self.test_results_url, &push.test_results_url),
        ] {
            if let Some(news) = news {
                field.clone_from(news);
            }
        }
        self.test_result = push.test_result.or(self.test_result);
        self.error = push.error.clone().unwrap_or_default();
        if !self.status.is_final() {
            self.done_ms = None;
        } else if build_ends || self.done_ms.is_none() {
            self.done_ms = Some(now_ms);
        }
        true
    }

    /// Ends the job because a person wants that; says whether there was something to end.
    ///
    /// A job store applies this to its record, so that all of them decide alike.
    pub fn cancel(&mut self, who: &str, now_ms: i64) -> bool {
        if self.status.is_final() {
            return false;
        }
        self.status = JobStatus::Error;
        self.error = format!("cancelled by {who}");
        self.cancelled_by = Some(who.to_owned());
        (self.done_ms, self.heard_ms) = (Some(now_ms), now_ms);
        true
    }

    /// Tells whether it may not be deleted.
    pub fn is_pinned(&self) -> bool {
        self.tags.iter().any(Tag::is_pinned)
    }

    /// Tells whether somebody who looks for a finished job would take this one.
    pub fn answers(&self, lookup: &Lookup) -> bool {
        self.status.has_image()
            && self.done_ms.is_some_and(|done| done >= lookup.since_ms)
            && self.asked.is_like(&lookup.like)
    }
}
