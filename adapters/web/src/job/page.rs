//! The page of a job.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use imaging::{ExtraRepo, ImageJob, JobEvent, JobStatus, now_ms};
use rest::Rest;
use serde::Deserialize;

use super::OfJob;
use super::log::{Part, TAIL};
use super::record::{self, Step};
use crate::ansi::plain;
use crate::show::{Moment, Row, count, link, page, size};
use crate::trouble::Trouble;
use crate::visitor::{Bar, Visitor};

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    bar: Bar,
    row: Row,
    said: &'static str,
    error: String,
    /// How long each step took, as HTML.
    steps: String,
    warnings: Vec<String>,
    log: Option<Part>,
    /// Why the log cannot be shown, while the machine that has it is away.
    log_away: String,
    /// Where the log goes on while it is written; empty when it does not.
    follow: String,
    image_size: String,
    files: Vec<FileLine>,
    files_note: String,
    /// Why they cannot be told, while the machine that has them is away.
    files_away: String,
    facts: Vec<Fact>,
    /// Whether the page comes anew by itself where no script follows the log.
    reloads: bool,
    history: Vec<EventLine>,
    /// What can be launched for a finished image, with its help.
    processes: Vec<(String, String)>,
    /// Whether whoever looks may publish it in a repository of the site.
    can_publish: bool,
    /// Says of a form that is sent twice that it is the same.
    key: String,
}

#[derive(Template)]
#[template(path = "steps.html")]
struct Steps {
    id: String,
    steps: Vec<Step>,
    is_over: bool,
    is_bad: bool,
}

/// Shows steps in proportion to how long they took; each leads to its place in the log.
pub(super) fn steps(job: &ImageJob, steps: Vec<Step>) -> String {
    let (is_over, is_bad) = (job.status.is_final(), job.status == JobStatus::Error);
    let shown = Steps { id: job.image_id.to_string(), steps, is_over, is_bad };
    shown.render().unwrap_or_default().trim().to_owned()
}

struct FileLine {
    path: String,
    link: String,
    size: String,
    sha256: String,
    is_image: bool,
}

struct EventLine {
    at: Moment,
    who: String,
    text: String,
}

impl From<JobEvent> for EventLine {
    fn from(event: JobEvent) -> EventLine {
        let at = Moment::of(event.at_ms, now_ms());
        EventLine { at, who: event.who, text: event.what.to_string() }
    }
}

/// What a person did that led here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Did {
    done: String,
    /// Says that the page is to stay as it is.
    still: String,
}

fn done(word: &str) -> &'static str {
    match word {
        "submitted" => "It is recorded; this page shows how it goes on.",
        "stopped" => "It was stopped: whoever builds it ends within seconds.",
        "pinned" => "It is pinned: nobody deletes it.",
        "unpinned" => "It is pinned no longer.",
        "tagged" => "The tags are saved.",
        "launched" => "It will be launched within moments; the history says so.",
        _ => "",
    }
}

pub(super) async fn job(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Query(did): Query<Did>,
) -> Result<Response, Trouble> {
    let job = rest.desk.show(&id).await?;
    let history = rest.desk.history(&id).await?.into_iter().map(EventLine::from).collect();
    let (record, log, files) = tokio::join!(
        tokio::time::timeout(PATIENCE, record::read(&rest, &job)),
        soon(Part::end_of(&rest, &job, TAIL)),
        soon(files(&rest, &job)),
    );
    let record = record.unwrap_or_default();
    let (log, log_away) = log.map_or_else(|why| (None, why), |log| (log, String::new()));
    let (files, files_away) =
        files.map_or_else(|why| (Default::default(), why), |files| (files, String::new()));
    let (files, files_note, image_size) = files;
    let mut processes = Vec::new();
    if job.status.has_image() {
        let active = rest.desk.registry.post_processes().await?.into_iter().filter(|process| process.active);
        processes.extend(active.map(|process| (process.name, process.description)));
    }
    let bar = visitor.bar("queue");
    Ok(page(&JobPage {
        can_publish: bar.has_repositories
            && job.status.has_image()
            && Rest::may_keep(&visitor.person).is_ok(),
        bar,
        row: Row::of(job.line(), &visitor.person),
        // what will be has been
        said: if did.done == "submitted" && job.status.is_final() { "" } else { done(&did.done) },
        error: plain(&job.error, ERROR),
        steps: steps(&job, record.steps),
        warnings: record.warnings,
        reloads: !job.status.is_final() && did.still.is_empty(),
        log,
        log_away,
        follow: if job.status.is_final() { String::new() } else { format!("/job/{id}/log/events") },
        image_size,
        files,
        files_note,
        files_away,
        facts: facts(&job),
        history,
        processes,
        key: uuid::Uuid::new_v4().to_string(),
    }))
}

/// So long a page waits for the machine that has log and files; it shows all else without.
const PATIENCE: Duration = Duration::from_secs(3);

/// Returns what was found within that time, or why it was not, as a sentence.
async fn soon<T>(found: impl Future<Output = Result<T, Trouble>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, found).await {
        Ok(found) => found.map_err(|trouble| trouble.told()),
        Err(_) => Err("The machine that has it does not answer: load this page again in a while.".into()),
    }
}

async fn files(rest: &Rest, job: &ImageJob) -> Result<(Vec<FileLine>, String, String), Trouble> {
    if !job.status.is_final() {
        return Ok(Default::default());
    }
    let all = rest.files(job).await?;
    let image = all.files.iter().find(|file| file.is_image).and_then(|file| file.size);
    let shown = all.files.len().min(MOST_FILES);
    let note = match (all.elsewhere, u64::try_from(shown).unwrap_or_default() < all.count) {
        (true, _) => "They are on the machine that built it.".to_owned(),
        (false, true) => format!(
            "The first {shown} of {}; {} together.",
            count(all.count, "file", "files"),
            size(all.bytes)
        ),
        (false, false) => format!("{}, {} together.", count(all.count, "file", "files"), size(all.bytes)),
    };
    let line = |file: rest::FileView| FileLine {
        link: link(&file.path),
        size: file.size.map(size).unwrap_or_default(),
        sha256: file.sha256.unwrap_or_default(),
        is_image: file.is_image,
        path: file.path,
    };
    let lines = all.files.into_iter().take(MOST_FILES).map(line).collect();
    Ok((lines, note, image.map(size).unwrap_or_default()))
}

/// So much of an error is on the page, in letters; the log has all of it.
const ERROR: usize = 16_000;
/// So many files are on the page.
const MOST_FILES: usize = 200;

/// Something else that was asked for.
struct Fact {
    name: &'static str,
    value: String,
    /// Where it leads; empty for nowhere.
    link: String,
}

/// Returns what else was asked for, where something was.
fn facts(job: &ImageJob) -> Vec<Fact> {
    let asked = &job.asked;
    let repo = |repo: &ExtraRepo| match repo {
        ExtraRepo::Address(url) => url.clone(),
        ExtraRepo::Named { name, url } => format!("{name}: {url}"),
    };
    let pairs = |pairs: &mut dyn Iterator<Item = (String, String)>| {
        pairs.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    };
    let processes: Vec<_> = asked.post_processes.iter().map(String::as_str).collect();
    let again = asked.retry_of.clone().unwrap_or_default();
    let results = job.test_results_url.clone();
    // nothing but a page: an address may say to run something
    let results_at =
        Some(results.clone()).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let again_at = if again.is_empty() { String::new() } else { format!("/job/{}", link(&again)) };
    let facts = [
        ("Queue", asked.queue.clone(), format!("/queue?queue={}", link(&asked.queue))),
        ("Tokens", pairs(&mut rest::tokens(asked).into_iter()), String::new()),
        ("Packages", asked.overlay.join("\n"), String::new()),
        ("Repositories", asked.extra_repos.iter().map(repo).collect::<Vec<_>>().join("\n"), String::new()),
        ("Options", asked.extra_opts.join(" "), String::new()),
        ("Afterwards", processes.join("\n"), String::new()),
        ("With", pairs(&mut asked.pp_args.clone().into_iter()), String::new()),
        ("Release", asked.release.clone(), String::new()),
        ("Devices", asked.devicegroup.clone(), String::new()),
        ("Mail", asked.email.clone(), String::new()),
        ("Again for", again, again_at),
        ("Test results", results, results_at.unwrap_or_default()),
    ];
    let facts = facts.into_iter().map(|(name, value, link)| Fact { name, value, link });
    facts.filter(|fact| !fact.value.is_empty()).collect()
}
