//! The log of a job, as a page: part by part, however long it is.

mod find;
mod line;
mod live;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use imaging::{ImageId, ImageJob};
use rest::{Growing, Rest};
use serde::Deserialize;

use self::find::Found;
pub(super) use self::line::Line;
pub(super) use self::live::events;
use super::OfJob;
use crate::show::{Row, page, size};
use crate::trouble::{Trouble, see};
use crate::visitor::{Bar, Visitor};

/// So much of the end is on the page of the job, in bytes.
pub(super) const TAIL: u64 = 48 << 10;
/// So much is on a page of the log.
const WHOLE: u64 = 256 << 10;

/// So much is shown before the beginning of a step.
const BEFORE: u64 = 64 << 10;

/// Part of a log: whole lines, but for one that is longer than the part.
#[derive(Debug)]
pub(super) struct Part {
    /// Where it begins, in bytes.
    pub(super) from: u64,
    /// Where the part before begins.
    pub(super) before: u64,
    /// Where it ends.
    pub(super) to: u64,
    pub(super) is_end: bool,
    pub(super) lines: Vec<Line>,
    /// The size of the whole log.
    pub(super) size: String,
    /// The page of the log that begins here: the end of one that grows is elsewhere soon.
    pub(super) place: String,
}

/// Returns the page of a log that begins at this byte.
fn begins_at(id: &ImageId, from: u64) -> String {
    format!("/job/{id}/log?at={from}")
}

impl Part {
    /// Reads the end of a log; none when there is no log.
    pub(super) async fn end_of(rest: &Rest, job: &ImageJob, most: u64) -> Result<Option<Part>, Trouble> {
        let Some(log) = rest.growing_log(job).await? else { return Ok(None) };
        let size = log.size(rest).await?;
        let from = size.unwrap_or(0).saturating_sub(most);
        let part = Part::of(rest, &log, size, from, most).await?;
        Ok(Some(Part { place: begins_at(&job.image_id, part.from), ..part }))
    }

    /// Reads from somewhere on; what is before the first whole line is left out.
    async fn of(
        rest: &Rest,
        log: &Growing,
        size: Option<u64>,
        from: u64,
        most: u64,
    ) -> Result<Part, Trouble> {
        // one byte more tells whether a line begins here
        let start = from.saturating_sub(1);
        let mut bytes = read(rest, log, start, most + (from - start)).await?;
        let mut begin = from;
        if from > 0 {
            let skip = match bytes.iter().position(|byte| *byte == b'\n') {
                Some(at) if at + 1 < bytes.len() => at + 1,
                _ => 1.min(bytes.len()),
            };
            bytes.drain(..skip);
            begin = start + skip as u64;
        }
        let end = begin + bytes.len() as u64;
        let is_end = size.map_or(bytes.len() as u64 + 1 < most, |size| end >= size);
        if !is_end && let Some(last) = bytes.iter().rposition(|byte| *byte == b'\n') {
            bytes.truncate(last + 1);
        }
        Ok(Part {
            from: begin,
            before: begin.saturating_sub(most),
            to: begin + bytes.len() as u64,
            is_end,
            lines: line::lines(&bytes, begin),
            size: size.map(self::size).unwrap_or_default(),
            place: String::new(),
        })
    }
}

/// Reads so many bytes, fewer at the end.
async fn read(rest: &Rest, log: &Growing, from: u64, most: u64) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < most {
        let piece = log.read(rest, from + bytes.len() as u64).await?;
        if piece.is_empty() {
            break;
        }
        bytes.extend_from_slice(&piece);
    }
    bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(bytes)
}

/// Where in the log somebody looks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    at: Option<u64>,
    end: String,
    find: String,
    /// The step whose beginning they want to see.
    step: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    bar: Bar,
    row: Row,
    log: Option<Part>,
    find: String,
    found: Option<Found>,
    follow: String,
}

pub(super) async fn log(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Query(place): Query<Place>,
) -> Result<Response, Trouble> {
    let job = rest.desk.show(&id).await?;
    let log = rest.growing_log(&job).await?;
    if let (Some(log), false) = (&log, place.step.is_empty()) {
        let found = find::find(&rest, log, &format!("-- {}", place.step), 1).await?;
        // with something of what was before it
        let around = |hit: &find::Hit| format!("?at={}#o{}", hit.at.saturating_sub(BEFORE), hit.at);
        let at = found.hits.first().map(around).unwrap_or_default();
        return Ok(see(&format!("/job/{id}/log{at}")));
    }
    let (mut part, mut found) = (None, None);
    if let Some(log) = log {
        let size = log.size(&rest).await?;
        let end = size.unwrap_or(0).saturating_sub(WHOLE);
        let from =
            if place.end.is_empty() { place.at.unwrap_or(0).min(size.unwrap_or(u64::MAX)) } else { end };
        if place.find.is_empty() {
            let read = Part::of(&rest, &log, size, from, WHOLE).await?;
            part = Some(Part { place: begins_at(&id, read.from), ..read });
        } else {
            found = Some(find::find(&rest, &log, &place.find, find::MOST).await?);
        }
    }
    Ok(page(&LogPage {
        bar: visitor.bar("queue"),
        row: Row::of(job.line(), &visitor.person),
        log: part,
        find: place.find,
        found,
        follow: String::new(),
    }))
}

/// Sends the log as a file.
pub(super) async fn file(
    _: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let job = rest.desk.show(&id).await?;
    Ok(rest.log(&job, &headers).await?)
}
