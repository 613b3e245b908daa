//! Following a log while it is written.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use imaging::{ImageId, ImageJob, JobStatus};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::source::{Growing, find};
use crate::asked::OfJob;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::service::Rest;

/// How often to look for more.
const PAUSE: Duration = Duration::from_secs(1);
/// A line that is longer is sent in parts.
const LONGEST_LINE: usize = 32 << 10;

/// Follows the log of a job, by server-sent events, to its end.
///
/// `status` has `{"status": …}`, at the beginning and whenever it changes; `log` has `{"text": …}`, whole lines; with
/// `restart` the build began anew, and so does its log; `end` has `{"status": …, "error": …}` and is the last. A client
/// that was cut off says by `Last-Event-ID` what it has, as browsers do by themselves, and misses and repeats nothing.
#[utoipa::path(get, path = "/jobs/{image_id}/log/events", tag = "files", params(
    ("image_id" = String, Path, description = "The id of the job"),
    ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event one has"),
), responses((status = 200, description = "Events as they come", content_type = "text/event-stream", body = String)))]
pub(crate) async fn follow(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = rest.desk.show(&id).await?;
    let turn = rest.followers.clone().try_acquire_owned();
    let turn = turn.map_err(|_| Problem::away("too many follow logs now: try again in a while"))?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut follower = Follower {
        rest,
        id,
        place: Place { try_: mark(&job), offset: 0 },
        log: None,
        status: String::new(),
        ready: VecDeque::new(),
        is_over: false,
        is_final: false,
        history: None,
        _turn: turn,
    };
    match last.split_once('-').map(|(try_, offset)| (try_, offset.parse::<u64>())) {
        Some((try_, Ok(offset))) if try_ == follower.place.try_ => follower.place.offset = offset,
        Some((_, Ok(0))) | None => {}
        Some(_) => follower.say("restart", &json!({})),
    }
    let events = stream::unfold(follower, |mut follower| async move {
        follower.next().await.map(|event| (Ok::<_, Infallible>(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// How far somebody has read: which try, and how many bytes of its log.
struct Place {
    try_: String,
    offset: u64,
}

struct Follower {
    rest: Arc<Rest>,
    id: ImageId,
    place: Place,
    log: Option<Growing>,
    status: String,
    ready: VecDeque<Event>,
    is_over: bool,
    /// Whether the build is over, so that only the rest of the log is waited for.
    is_final: bool,
    /// The history of the job as it was when the whole job was last read.
    history: Option<History>,
    _turn: OwnedSemaphorePermit,
}

/// How long a history is, and how often it was looked at since; every change of a job adds to it.
#[derive(Clone, Copy)]
struct History {
    events: usize,
    looks: u32,
}

/// So many looks later a job is read whatever its history says.
const LOOKS: u32 = 30;

/// Returns a short name of the try a job is at.
fn mark(job: &ImageJob) -> String {
    let digest = Sha256::digest(format!("{} {}", job.attempt.began, job.attempt.process));
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

impl Follower {
    /// Returns the next event; `None` after the last.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            if let Err(problem) = self.look().await {
                // a client comes again by itself, and goes on where it was
                tracing::warn!("following the log of {}: {problem:?}", self.id);
                return None;
            }
            if self.ready.is_empty() {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = self.rest.stop.cancelled() => return None,
                }
            }
        }
    }

    /// Makes events of what is new.
    async fn look(&mut self) -> Result<(), Problem> {
        if self.read().await? {
            return Ok(());
        }
        if !self.has_news().await? {
            return Ok(());
        }
        let Some(job) = self.rest.desk.jobs.job(&self.id).await? else {
            self.end(&json!({ "status": null, "error": "the job was deleted" }));
            return Ok(());
        };
        self.is_final = job.status.is_final();
        let status = job.status.to_string();
        if status != self.status {
            self.say("status", &json!({ "status": status }));
            self.status = status;
        }
        let now_at = mark(&job);
        if now_at != self.place.try_ {
            if self.place.offset > 0 {
                self.say("restart", &json!({}));
            }
            (self.place, self.log) = (Place { try_: now_at, offset: 0 }, None);
        }
        if self.log.is_none() {
            self.log = find(&self.rest, &job, None).await?.map(Growing::from);
            if self.place.offset > 0 {
                self.begin_anew_beyond_the_end().await?;
            }
        }
        // what was written between the last look and the end
        if job.status.is_final() && !self.read_to_end().await? {
            self.end(
                &json!({ "status": self.status, "error": Some(job.error).filter(|error| !error.is_empty()) }),
            );
        }
        Ok(())
    }

    /// Believes nobody who says that they have more of the log than there is.
    async fn begin_anew_beyond_the_end(&mut self) -> Result<(), Problem> {
        let Some(log) = &self.log else { return Ok(()) };
        if log.size(&self.rest).await?.is_some_and(|size| size < self.place.offset) {
            self.say("restart", &json!({}));
            self.place.offset = 0;
        }
        Ok(())
    }

    /// Tells whether the job is worth reading, which may be 10 MB of kickstart: whether something happened to it, or its log is
    /// still to be found.
    async fn has_news(&mut self) -> Result<bool, Problem> {
        let events = self.rest.desk.care.events(&self.id).await?.len();
        let before = self.history.replace(History { events, looks: 0 });
        let is_found = self.log.is_some() || self.status == JobStatus::InQueue.as_str();
        let waits = is_found && !self.is_final;
        Ok(match before.filter(|before| waits && before.events == events && before.looks < LOOKS) {
            Some(before) => {
                self.history = Some(History { looks: before.looks + 1, ..before });
                false
            }
            None => true,
        })
    }

    /// Reads whole lines; says whether there were any.
    async fn read(&mut self) -> Result<bool, Problem> {
        let Some(log) = self.log.clone() else { return Ok(false) };
        let mut piece = log.read(&self.rest, self.place.offset).await?;
        match piece.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => piece.truncate(last + 1),
            None if piece.len() < LONGEST_LINE => return Ok(false),
            None => {}
        }
        self.tell(&piece);
        Ok(true)
    }

    /// Reads whatever is left of a log that is over.
    async fn read_to_end(&mut self) -> Result<bool, Problem> {
        let Some(log) = self.log.clone() else { return Ok(false) };
        let piece = log.read(&self.rest, self.place.offset).await?;
        if piece.is_empty() {
            return Ok(false);
        }
        self.tell(&piece);
        Ok(true)
    }

    fn tell(&mut self, piece: &[u8]) {
        self.place.offset += piece.len() as u64;
        self.say("log", &json!({ "text": String::from_utf8_lossy(piece) }));
    }

    fn end(&mut self, about: &serde_json::Value) {
        self.say("end", about);
        self.is_over = true;
    }

    fn say(&mut self, name: &str, about: &serde_json::Value) {
        let id = format!("{}-{}", self.place.try_, self.place.offset);
        // JSON has no line breaks, so it is one line of data
        self.ready.push_back(Event::default().event(name).id(id).data(about.to_string()));
    }
}
