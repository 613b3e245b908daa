//! What a server tells of jobs, in the words of `imaging`.

use std::collections::BTreeSet;

use imaging::{ImageId, JobLine, JobStatus, Tag};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A job, as a server shows it.
#[derive(Clone, Debug)]
pub struct Job {
    /// What a list shows of it.
    pub line: JobLine,
    /// The path of the image among its files.
    pub image_file: Option<String>,
    /// All that the server said.
    pub all: Value,
}

/// Part of the list of jobs.
#[derive(Clone, Debug, Deserialize)]
pub struct JobPart {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// Where the next part begins; none after the last.
    pub next: Option<String>,
}

/// Something that happened to a job.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// When, as RFC 3339 has it.
    pub at: String,
    /// Who did or said it.
    pub who: String,
    /// What it was; follows `who`.
    pub text: String,
}

/// What would go with a job.
#[derive(Clone, Debug, Deserialize)]
pub struct Deletion {
    /// How many files there are.
    pub count: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// Their paths, the first of them.
    pub files: Vec<String>,
}

/// The members that count for us; others may follow in later versions.
#[derive(Deserialize)]
struct View {
    image_id: String,
    status: String,
    name: String,
    image_type: String,
    arch: String,
    user: String,
    queue: String,
    created: String,
    heard: String,
    done: Option<String>,
    tags: Vec<String>,
    error: Option<String>,
    test_result: Option<String>,
    image_url: Option<String>,
    files_url: Option<String>,
    logfile_url: Option<String>,
    #[serde(default)]
    image_file: Option<String>,
}

impl<'de> Deserialize<'de> for Job {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Job, D::Error> {
        let all = Value::deserialize(from)?;
        let view = View::deserialize(&all).map_err(D::Error::custom)?;
        let image_id = image_id(&view.image_id)
            .ok_or_else(|| D::Error::custom(format!("{:?} is no id of a job", view.image_id)))?;
        let status: JobStatus = view.status.parse().map_err(D::Error::custom)?;
        let tags: Result<BTreeSet<Tag>, _> = view.tags.iter().map(|tag| Tag::parse(tag)).collect();
        let test_result = view.test_result.map(|text| text.parse()).transpose().map_err(D::Error::custom)?;
        let line = JobLine {
            image_id,
            queue: view.queue,
            user: view.user,
            name: view.name,
            image_type: view.image_type,
            arch: view.arch,
            status,
            created_ms: time(&view.created).map_err(D::Error::custom)?,
            heard_ms: time(&view.heard).map_err(D::Error::custom)?,
            done_ms: view.done.as_deref().map(time).transpose().map_err(D::Error::custom)?,
            image_url: view.image_url.unwrap_or_default(),
            files_url: view.files_url.unwrap_or_default(),
            logfile_url: view.logfile_url.unwrap_or_default(),
            error: view.error.unwrap_or_default(),
            test_result,
            tags: tags.map_err(D::Error::custom)?,
        };
        Ok(Job { line, image_file: view.image_file, all })
    }
}

/// Reads an id; what only becomes one by leaving something out is none.
pub(crate) fn image_id(text: &str) -> Option<ImageId> {
    ImageId::reduce(text).ok().filter(|id| id.as_str() == text)
}

fn time(text: &str) -> Result<i64, jiff::Error> {
    text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond)
}
