//! Jobs, as programs see them.

use std::collections::BTreeMap;

use imaging::{ExtraRepo, ImageJob, JobEvent, JobLine, NewJob};
use serde::Serialize;
use utoipa::ToSchema;

/// Returns a time as RFC 3339 has it.
pub(crate) fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// What a list shows of a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineView {
    /// The unique id of the job.
    #[schema(example = "demo-20261128-193513")]
    image_id: String,
    /// `IN QUEUE`, `BUILDING`, `DONE`, `ERROR`, or what a post-process says: `DONE, ` and more.
    #[schema(example = "BUILDING")]
    status: String,
    /// Whether the build is over, one way or the other.
    is_over: bool,
    /// Whether there is an image.
    has_image: bool,
    /// What the image is called.
    name: String,
    /// The form of the image.
    image_type: String,
    /// The processor it is for.
    arch: String,
    /// Who asked for it.
    user: String,
    /// The queue it is in.
    queue: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created: String,
    /// When something was last heard of it.
    #[schema(format = DateTime)]
    heard: String,
    /// When the build ended.
    #[schema(format = DateTime)]
    done: Option<String>,
    /// Its tags, sorted.
    tags: Vec<String>,
    /// Whether it is protected from deletion.
    pinned: bool,
    /// Why there is no image; in a list, the beginning of it.
    error: Option<String>,
    /// `PASS` or `FAIL`, once it was tested.
    test_result: Option<&'static str>,
    /// Where the worker put the image.
    image_url: Option<String>,
    /// Where the worker put all files.
    files_url: Option<String>,
    /// Where the worker put the log.
    logfile_url: Option<String>,
}

impl From<JobLine> for LineView {
    fn from(line: JobLine) -> LineView {
        LineView {
            image_id: line.image_id.to_string(),
            status: line.status.to_string(),
            is_over: line.status.is_final(),
            has_image: line.status.has_image(),
            name: line.name,
            image_type: line.image_type,
            arch: line.arch,
            user: line.user,
            queue: line.queue,
            created: time(line.created_ms),
            heard: time(line.heard_ms),
            done: line.done_ms.map(time),
            pinned: line.tags.iter().any(imaging::Tag::is_pinned),
            tags: line.tags.iter().map(ToString::to_string).collect(),
            error: some(&line.error),
            test_result: line.test_result.map(imaging::TestResult::as_str),
            image_url: some(&line.image_url),
            files_url: some(&line.files_url),
            logfile_url: some(&line.logfile_url),
        }
    }
}

/// Everything about a job but its kickstart, which has an address of its own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    #[serde(flatten)]
    line: LineView,
    /// The image among the files of the job, as `/api/v1/jobs/{image_id}/files/{path}` takes it.
    image_file: Option<String>,
    /// Where mail about it goes.
    email: Option<String>,
    /// The release it is part of.
    release: Option<String>,
    /// Devices it is to be tested on.
    devicegroup: Option<String>,
    /// What stands for `@NAME@` in the kickstart.
    tokens: BTreeMap<String, String>,
    /// Packages on top of the kickstart's; `-name` leaves one out, `@name` is a group.
    packages: Vec<String>,
    /// Repositories on top of the kickstart's.
    extra_repos: Vec<Repo>,
    /// Options for the builder.
    extra_opts: Vec<String>,
    /// The post-processes it chose.
    post_processes: Vec<String>,
    /// What those are told.
    post_process_arguments: BTreeMap<String, String>,
    /// Where the results of its test are.
    test_results_url: Option<String>,
    /// Who stopped it.
    cancelled_by: Option<String>,
    /// The job it does again.
    retry_of: Option<String>,
}

/// A repository: its address, or an address with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Repo {
    /// Its address, which also names it.
    Address(String),
    /// A name of its own.
    Named {
        /// Its name.
        name: String,
        /// Its address.
        url: String,
    },
}

impl From<ExtraRepo> for Repo {
    fn from(repo: ExtraRepo) -> Repo {
        match repo {
            ExtraRepo::Address(url) => Repo::Address(url),
            ExtraRepo::Named { name, url } => Repo::Named { name, url },
        }
    }
}

impl From<Repo> for ExtraRepo {
    fn from(repo: Repo) -> ExtraRepo {
        match repo {
            Repo::Address(url) => ExtraRepo::Address(url),
            Repo::Named { name, url } => ExtraRepo::Named { name, url },
        }
    }
}

/// Reads `K:V,K2:V2`; what has no colon in it is left out.
pub fn tokens(asked: &NewJob) -> BTreeMap<String, String> {
    let pairs = asked.tokenmap.split(',').filter_map(|pair| pair.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

impl From<ImageJob> for JobView {
    fn from(job: ImageJob) -> JobView {
        let line = job.line();
        let asked = job.asked;
        JobView {
            image_file: crate::files::below(&job.files_url, &job.image_url),
            email: some(&asked.email),
            release: some(&asked.release),
            devicegroup: some(&asked.devicegroup),
            tokens: tokens(&asked),
            packages: asked.overlay,
            extra_repos: asked.extra_repos.into_iter().map(Repo::from).collect(),
            extra_opts: asked.extra_opts,
            post_processes: asked.post_processes.into_iter().collect(),
            post_process_arguments: asked.pp_args,
            test_results_url: some(&job.test_results_url),
            cancelled_by: job.cancelled_by,
            retry_of: asked.retry_of,
            line: line.into(),
        }
    }
}

/// Something that happened to a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// A person's name, or the process or program that said so.
    who: String,
    /// What kind of thing it was.
    #[schema(example = "became")]
    kind: String,
    /// The status, the tag, the id, … it is about.
    what: Option<String>,
    /// A clause that can follow `who`.
    #[schema(example = "said that it is DONE")]
    text: String,
}

impl From<JobEvent> for EventView {
    fn from(event: JobEvent) -> EventView {
        // a word alone, or an object with the word as its only key
        let (kind, what) = match serde_json::to_value(&event.what) {
            Ok(serde_json::Value::String(word)) => (word, None),
            Ok(serde_json::Value::Object(object)) => object
                .into_iter()
                .next()
                .map(|(word, about)| (word, about.as_str().map(str::to_owned)))
                .unwrap_or_default(),
            _ => Default::default(),
        };
        EventView { at: time(event.at_ms), who: event.who, kind, what, text: event.what.to_string() }
    }
}
