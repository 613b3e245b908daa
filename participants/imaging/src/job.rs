//! One job: somebody wants an image.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ImageId, JobStatus, Lookup, Push, Tag};

/// What is recorded when somebody asks for an image; all texts are as they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NewJob {
    /// Which request this is: the same again is answered with the same job.
    pub request: String,
    /// `requests`, `web`, `api`, or another of the [`Queue`](crate::Queue)s.
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
    /// Packages on top of the kickstart's; `-name` leaves one out, `@name` is a group.
    pub overlay: Vec<String>,
    /// Repositories on top of the kickstart's.
    pub extra_repos: Vec<ExtraRepo>,
    /// The names of the [`PostProcess`](crate::PostProcess)es it chose.
    pub post_processes: BTreeSet<String>,
    /// What those are told, by the names they give their arguments.
    pub pp_args: BTreeMap<String, String>,
    /// The release it is part of, when it is.
    pub release: String,
    /// Devices it is to be tested on.
    pub devicegroup: String,
    /// The tags it begins with.
    pub tags: BTreeSet<Tag>,
    /// The process that waits for it, when one does that the store did not launch.
    pub process: String,
    /// The job this one does again.
    pub retry_of: Option<String>,
    /// The first version's id of the job, when it had one.
    pub task_id: String,
    /// Everything else that was said, by its field name.
    pub more: BTreeMap<String, String>,
}

/// A repository on top of those of a kickstart.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum ExtraRepo {
    /// Its address alone, which also names it.
    Address(String),
    /// A name of its own.
    Named {
        /// Its name.
        name: String,
        /// Its address.
        url: String,
    },
}

/// Which try at a job a message is about; a later one compares greater.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct JobAttempt {
    /// When it began, as the engine writes times; empty when unknown, and then older than any other.
    pub began: String,
    /// The process it belongs to.
    pub process: String,
}

/// How the test of an image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TestResult {
    /// The image does what it should.
    Pass,
    /// It does not.
    Fail,
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
        if begins_anew {
            self.test_result = None;
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

impl NewJob {
    /// Tells whether the other would come to the same image for the same person: the same in queue, user, name, type,
    /// arch, kickstart, tokens, options, packages and repositories.
    pub fn is_like(&self, other: &NewJob) -> bool {
        self.likeness() == other.likeness()
    }

    /// Returns what like jobs share, as one text.
    pub fn likeness(&self) -> String {
        let texts = [
            &self.queue,
            &self.user,
            &self.name,
            &self.image_type,
            &self.arch,
            &self.kickstart,
            &self.tokenmap,
        ];
        serde_json::json!([texts, self.extra_opts, self.overlay, self.extra_repos]).to_string()
    }
}

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

impl std::str::FromStr for TestResult {
    type Err = crate::NotAWord;

    fn from_str(text: &str) -> Result<TestResult, crate::NotAWord> {
        match text.trim().to_ascii_uppercase().as_str() {
            "PASS" | "TRUE" => Ok(TestResult::Pass),
            "FAIL" | "FALSE" => Ok(TestResult::Fail),
            _ => Err(crate::NotAWord(format!("no test result `{text}`; there are PASS and FAIL"))),
        }
    }
}

impl TestResult {
    /// Returns the word.
    pub fn as_str(self) -> &'static str {
        match self {
            TestResult::Pass => "PASS",
            TestResult::Fail => "FAIL",
        }
    }
}
