//! One job: somebody wants an image.

use std::collections::BTreeMap;

use crate::{ImageId, JobStatus, Lookup, Push};

/// What is recorded when somebody asks for an image; all texts are as they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NewJob {
    /// Which request this is: the same again is answered with the same job.
    pub request: String,
    /// `requests`, `web` or `api`.
    pub queue: String,
    /// Who asked.
    pub user: String,
    /// What the image is called.
    pub name: String,
    /// The form of the image.
    pub image_type: String,
    /// The processor it is for.
    pub arch: String,
    /// The kickstart, as it was given.
    pub kickstart: String,
    /// `K:V,K2:V2`.
    pub tokenmap: String,
    /// Options for the builder.
    pub extra_opts: Vec<String>,
    /// Who else wants to hear of it, joined with commas.
    pub email: String,
    /// The folder layer the image goes to, as `requests/ana`.
    pub prefix: String,
    /// Everything else that was said, by its field name.
    pub more: BTreeMap<String, String>,
}

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
    /// When it came to its end.
    pub done_ms: Option<i64>,
    /// Where the finished image is.
    pub image_url: String,
    /// Where all files of the job are.
    pub files_url: String,
    /// Where the log is.
    pub logfile_url: String,
    /// Why there is no image.
    pub error: String,
}

impl ImageJob {
    /// Takes news when they are newer than what is known, and says whether they were.
    ///
    /// A job store applies this to its record, so that all of them decide alike.
    pub fn hear(&mut self, push: &Push, now_ms: i64) -> bool {
        let newer = push.attempt > self.attempt;
        let goes_on = self.status.may_become(push.status) && push.attempt >= self.attempt;
        let begins_anew = newer && push.status == JobStatus::Building;
        if !(goes_on || begins_anew) {
            return false;
        }
        self.status = push.status;
        if newer {
            self.attempt = push.attempt.clone();
        }
        for (field, news) in [
            (&mut self.image_url, &push.image_url),
            (&mut self.files_url, &push.files_url),
            (&mut self.logfile_url, &push.logfile_url),
        ] {
            if let Some(news) = news {
                field.clone_from(news);
            }
        }
        self.error = push.error.clone().unwrap_or_default();
        self.done_ms = push.status.is_final().then_some(now_ms);
        true
    }

    /// Tells whether somebody who looks for a finished job would take this one.
    pub fn answers(&self, lookup: &Lookup) -> bool {
        let (mine, wanted) = (&self.asked, &lookup.like);
        self.status == JobStatus::Done
            && self.done_ms.is_some_and(|done| done >= lookup.since_ms)
            && mine.queue == wanted.queue
            && mine.user == wanted.user
            && mine.name == wanted.name
            && mine.image_type == wanted.image_type
            && mine.arch == wanted.arch
            && mine.kickstart == wanted.kickstart
            && mine.tokenmap == wanted.tokenmap
            && mine.extra_opts == wanted.extra_opts
    }
}
