//! A log that is followed while it is written.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::response::sse::Event;
use imaging::{ImageId, JobAttempt};
use rest::{Growing, Rest};
use serde::Deserialize;

use super::line;
use crate::job::OfJob;
use crate::job::page::steps;
use crate::job::record;
use crate::live::{News, told};
use crate::show::Badge;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

/// How often to look for more.
const OFTEN: Duration = Duration::from_secs(1);
/// A line that is longer is sent in parts.
const LONGEST_LINE: usize = 32 << 10;

struct Lines {
    id: ImageId,
    from: u64,
    attempt: JobAttempt,
    log: Option<Growing>,
    status: String,
    /// How far the build is, as the page shows it.
    steps: String,
}

#[async_trait::async_trait]
impl News for Lines {
    async fn look(&mut self, rest: &Rest) -> Result<Option<Vec<Event>>, Trouble> {
        let Some(job) = rest.desk.jobs.job(&self.id).await? else {
            return Ok(Some(vec![Event::default().event("over").data("gone")]));
        };
        let mut events = Vec::new();
        if job.attempt != self.attempt {
            if self.from > 0 {
                events.push(Event::default().event("anew").id("0").data("anew"));
            }
            (self.attempt, self.from, self.log) = (job.attempt.clone(), 0, None);
        }
        if self.log.is_none() {
            self.log = rest.growing_log(&job).await?;
        }
        let badge = Badge::of(&job.status, job.test_result);
        if badge.word != self.status {
            let state = serde_json::json!({ "class": badge.class, "sign": badge.sign, "word": badge.word });
            events.push(Event::default().event("state").data(state.to_string()));
            self.status = badge.word;
        }
        if let Some(progress) = rest.progress(&job).await {
            let steps = steps(&job, record::so_far(progress));
            if steps != self.steps {
                events.push(Event::default().event("steps").data(&steps));
                self.steps = steps;
            }
        }
        let mut piece = match &self.log {
            Some(log) => log.read(rest, self.from).await?,
            None => Vec::new(),
        };
        if !job.status.is_final() {
            match piece.iter().rposition(|byte| *byte == b'\n') {
                Some(last) => piece.truncate(last + 1),
                None if piece.len() < LONGEST_LINE => piece.clear(),
                None => {}
            }
        }
        if !piece.is_empty() {
            let place = super::begins_at(&self.id, self.from);
            let html: String = line::lines(&piece, self.from).iter().map(|line| line.html(&place)).collect();
            self.from += piece.len() as u64;
            events.push(Event::default().event("lines").id(self.from.to_string()).data(html));
        } else if job.status.is_final() {
            events.push(Event::default().event("over").data("over"));
        }
        Ok(Some(events))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::job) struct From {
    from: u64,
}

pub(in crate::job) async fn events(
    _: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Query(From { from }): Query<From>,
) -> Result<Response, Trouble> {
    let job = rest.desk.show(&id).await?;
    let status = Badge::of(&job.status, job.test_result).word;
    told(rest, Lines { id, from, attempt: job.attempt, log: None, status, steps: String::new() }, OFTEN)
}
