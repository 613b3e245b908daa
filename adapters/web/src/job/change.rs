//! What people do to a job: stop, pin, tag, delete. Each is a form, and leads back to a page that says what was done.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use imaging::{Refusal, Tag, now_ms};
use rest::{Problem, Rest};
use serde::Deserialize;

use super::OfJob;
use crate::show::{count, page, refused, size};
use crate::trouble::{Trouble, see, told};
use crate::visitor::{Bar, Visitor};

pub(super) async fn stop(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Trouble> {
    rest.desk.cancel(&visitor.person, &id, now_ms()).await?;
    Ok(see(&format!("/job/{id}?done=stopped")))
}

#[derive(Deserialize)]
pub(super) struct Pin {
    pinned: String,
}

pub(super) async fn pin(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Form(pin): Form<Pin>,
) -> Result<Response, Trouble> {
    let pinned = pin.pinned == "yes";
    rest.desk.pin(&visitor.person, &id, pinned, now_ms()).await?;
    Ok(see(&format!("/job/{id}?done={}", if pinned { "pinned" } else { "unpinned" })))
}

#[derive(Deserialize)]
pub(super) struct Process {
    name: String,
    /// The same of a form that is sent twice.
    #[serde(default)]
    key: String,
}

/// Launches a post-process for a finished image, once more or for the first time.
pub(super) async fn process(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Form(process): Form<Process>,
) -> Result<Response, Trouble> {
    rest.desk.post_process(&visitor.person, &id, &process.name, &process.key, now_ms()).await?;
    Ok(see(&format!("/job/{id}?done=launched")))
}

#[derive(Deserialize)]
pub(super) struct Tags {
    tags: String,
}

/// Splits tags at the commas between them.
pub(crate) fn tag_texts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|text| !text.is_empty())
}

/// Makes the tags of a job those that were written, but for the pin.
pub(super) async fn tags(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Form(wish): Form<Tags>,
) -> Result<Response, Trouble> {
    let add = tag_texts(&wish.tags).map(Tag::parse).collect::<Result<Vec<_>, _>>();
    let add = add.map_err(|error| Problem::mistake("tags", format!("are wrong: {error}")))?;
    let job = rest.desk.show(&id).await?;
    let remove: Vec<Tag> =
        job.tags.into_iter().filter(|tag| !tag.is_pinned() && !add.contains(tag)).collect();
    rest.desk.tag(&visitor.person, &id, &add, &remove, now_ms()).await?;
    Ok(see(&format!("/job/{id}?done=tagged")))
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    bar: Bar,
    id: String,
    /// Why it stays; empty when it can go.
    stays: String,
    /// `3 files and 412 MB`.
    goes: String,
    files: Vec<(String, String)>,
    more: u64,
}

/// So many files are told by name.
const TOLD: usize = 50;

/// Shows what would go.
pub(super) async fn preview(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Trouble> {
    let mut shown = DeletePage {
        bar: visitor.bar("queue"),
        id: id.to_string(),
        stays: String::new(),
        goes: String::new(),
        files: Vec::new(),
        more: 0,
    };
    match rest.desk.preview_deletion(&visitor.person, &id).await {
        Ok(contents) => {
            shown.goes = format!("{} and {}", count(contents.count, "file", "files"), size(contents.bytes));
            shown.more = contents.count.saturating_sub(TOLD as u64);
            let line = |file: imaging::JobFile| (file.path, size(file.size));
            shown.files = contents.files.into_iter().take(TOLD).map(line).collect();
        }
        Err(refusal) => shown.stays = told(refusal)?,
    }
    Ok(if shown.stays.is_empty() { page(&shown) } else { refused(StatusCode::CONFLICT, &shown) })
}

pub(super) async fn delete(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Trouble> {
    match rest.desk.delete(&visitor.person, &id, now_ms()).await {
        // one that is gone already is as it was wished
        Ok(()) | Err(Refusal::NoJob(_)) => Ok(see("/queue?done=deleted")),
        Err(refusal) => Err(refusal.into()),
    }
}
