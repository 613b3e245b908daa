//! `/job/ID`: everything about a job, errors first.

mod change;
mod files;
mod kickstart;
mod log;
mod page;
mod record;

pub(crate) use self::change::tag_texts;

use axum::extract::{FromRequestParts, Path, RawPathParams};
use axum::http::request::Parts;
use axum::routing::{get, post};
use imaging::ImageId;
use rest::Problem;

use crate::routes::Pages;
use crate::trouble::Trouble;

pub(crate) fn routes() -> Pages {
    Pages::new()
        .route("/job/{id}", get(page::job))
        .route("/job/{id}/kickstart", get(kickstart::kickstart))
        .route("/job/{id}/log", get(log::log))
        .route("/job/{id}/log/file", get(log::file))
        .route("/job/{id}/log/events", get(log::events))
        .route("/job/{id}/files/{*path}", get(files::file))
        .route("/job/{id}/stop", post(change::stop))
        .route("/job/{id}/pin", post(change::pin))
        .route("/job/{id}/tags", post(change::tags))
        .route("/job/{id}/process", post(change::process))
        .route("/job/{id}/delete", get(change::preview).post(change::delete))
}

/// The job that the address names.
#[derive(Debug)]
pub(crate) struct OfJob(pub(crate) ImageId);

/// Reads the id of a job; one that only becomes an id by leaving something out is nobody's.
pub(crate) fn image_id(text: &str) -> Result<ImageId, Trouble> {
    let id = ImageId::reduce(text).ok().filter(|id| id.as_str() == text);
    Ok(id.ok_or_else(|| Problem::missing("no job has such an id"))?)
}

impl<S: Sync> FromRequestParts<S> for OfJob {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<OfJob, Trouble> {
        let missing = || Trouble::from(Problem::missing("no job has such an id"));
        let path = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| missing())?;
        let id = path.iter().find(|(name, _)| *name == "id").ok_or_else(missing)?.1;
        image_id(id).map(OfJob)
    }
}

/// The two parts of an address below a job.
pub(crate) type Below = Path<(String, String)>;
