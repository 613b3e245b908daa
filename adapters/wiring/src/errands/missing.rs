//! Jobs of which nothing is heard.
//!
//! A worker that dies gives its workitem to the next one, so its job goes on. What this is for: processes that stopped
//! or ended without a word, and jobs that no engine knows any more. Nothing stays under way for ever.

use async_trait::async_trait;
use imaging::{ImageJob, JobAttempt, JobStatus, Push, StoreError};
use process_engine::{Engine, State};
use serde_json::Value;

use super::{Errands, WHO};

/// How long a job has to be silent before anybody is asked, in milliseconds: its news may be on their way.
const PATIENCE_MS: i64 = 60_000;
/// How many silent jobs are looked at together.
const AT_ONCE: u32 = 500;

/// What became of the process of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It runs.
    Runs,
    /// It ended, and its last workitem says this of the job.
    Ended(Box<Push>),
    /// It will never say anything any more: why, for a person.
    Gone(String),
    /// Nobody knows.
    Unknown,
}

/// Whoever knows what became of processes.
#[async_trait]
pub trait Processes: Send + Sync {
    /// Says what became of the process that a job under way waits for.
    async fn fate(&self, job: &ImageJob) -> anyhow::Result<Fate>;
}

/// Nobody can be asked: as of a BOSS.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

#[async_trait]
impl Processes for Nobody {
    async fn fate(&self, _job: &ImageJob) -> anyhow::Result<Fate> {
        Ok(Fate::Unknown)
    }
}

#[async_trait]
impl Processes for Engine {
    async fn fate(&self, job: &ImageJob) -> anyhow::Result<Fate> {
        if job.status.is_final() {
            return Ok(Fate::Unknown); // a post-process, which is not on record by its process
        }
        let known = [job.attempt.process.as_str(), job.asked.process.as_str()];
        let wfid = known.into_iter().find(|wfid| !wfid.is_empty());
        let process = match wfid {
            Some(wfid) => self.process_by_wfid(wfid).await?,
            None => self.process(&imaging::errands::build(job).0).await?,
        };
        Ok(match process.map(|process| process.state) {
            Some(State::Running) => Fate::Runs,
            Some(State::Failed { error, .. }) => Fate::Gone(format!("its process stopped: {error}")),
            Some(State::Ended { fields }) => last_word(job, &fields),
            None => Fate::Unknown,
        })
    }
}

/// What the last workitem of a process says of the job.
fn last_word(job: &ImageJob, fields: &str) -> Fate {
    let fields: Value = serde_json::from_str(fields).unwrap_or_default();
    let text = |path: &str| {
        fields.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    };
    let status = match fields.pointer("/image/result").and_then(Value::as_bool) {
        Some(true) => JobStatus::Done,
        Some(false) => JobStatus::Error,
        None => return Fate::Gone("its process ended without saying what became of the image".into()),
    };
    let attempt = match (text("/image/attempt/began"), text("/image/attempt/process")) {
        (Some(began), Some(process)) => JobAttempt { began, process },
        _ => job.attempt.clone(),
    };
    let error = text("/image/error").or_else(|| text("/__error__"));
    Fate::Ended(Box::new(Push {
        image_url: text("/image/image_url"),
        files_url: text("/image/files_url"),
        logfile_url: text("/image/logfile_url"),
        error: error.filter(|_| status == JobStatus::Error),
        ..Push::new(status, attempt)
    }))
}

impl Errands {
    /// Looks after jobs of which nothing was heard for a while; returns how many came to their end by that.
    pub async fn miss(&self, now_ms: i64) -> Result<usize, StoreError> {
        let mut ended = 0;
        for line in self.search.silent(now_ms.saturating_sub(PATIENCE_MS), AT_ONCE).await? {
            let Some(job) = self.jobs.job(&line.image_id).await? else { continue };
            let fate = self.processes.fate(&job).await.unwrap_or_else(|error| {
                tracing::warn!("cannot find out what became of the process of {}: {error:#}", job.image_id);
                Fate::Unknown
            });
            let silent_ms = now_ms.saturating_sub(job.heard_ms);
            let push = match fate {
                Fate::Runs => continue,
                Fate::Ended(push) => *push,
                Fate::Gone(why) => given_up(&job, why),
                Fate::Unknown if silent_ms < self.lost_after_ms => continue,
                Fate::Unknown => {
                    given_up(&job, format!("nothing was heard of it for {} hours", silent_ms / 3_600_000))
                }
            };
            tracing::warn!(
                "{} becomes {}: {}",
                job.image_id,
                push.status,
                push.error.as_deref().unwrap_or("its news were lost")
            );
            let push = Push { who: WHO.into(), ..push };
            ended +=
                usize::from(self.jobs.push(&job.image_id, &push, now_ms).await? == imaging::Pushed::Taken);
        }
        Ok(ended)
    }
}

/// What a job becomes whose process will say nothing any more; an image that is there stays.
fn given_up(job: &ImageJob, why: String) -> Push {
    let push = Push::new(
        if job.status.has_image() { JobStatus::Done } else { JobStatus::Error },
        job.attempt.clone(),
    );
    Push { error: Some(why), ..push }
}

#[cfg(test)]
mod tests {
    use imaging::{ImageId, ImageJob, JobStatus, NewJob};

    use super::{Fate, given_up, last_word};

    #[test]
    fn the_last_workitem_says_what_became_of_the_image() {
        let job = ImageJob::recorded(&ImageId::reduce("i").unwrap(), &NewJob::default(), 1);
        let done = r#"{"image": {"result": true, "image_url": "u", "error": "old", "attempt": {"began": "b", "process": "p"}}}"#;
        let Fate::Ended(push) = last_word(&job, done) else { panic!("it says so") };
        assert_eq!(
            (&push.status, push.image_url.as_deref(), &push.error),
            (&JobStatus::Done, Some("u"), &None)
        );
        assert_eq!(push.attempt.process, "p");
        let Fate::Ended(push) = last_word(&job, r#"{"image": {"result": false}, "__error__": "no space"}"#)
        else {
            panic!()
        };
        assert_eq!((push.status, push.error.as_deref()), (JobStatus::Error, Some("no space")));
        for silent in ["{}", "", r#"{"image": {"result": "BUILDING"}}"#] {
            assert!(matches!(last_word(&job, silent), Fate::Gone(_)), "{silent}");
        }
        let tested = ImageJob { status: JobStatus::Testing, ..job };
        assert_eq!(given_up(&tested, "x".into()).status, JobStatus::Done);
    }
}
