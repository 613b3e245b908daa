//! One job.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::tagged;
use crate::asked::OfJob;
use crate::caller::Caller;
use crate::log::Progress;
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::{EventView, JobView};

/// Shows a job.
#[utoipa::path(get, path = "/jobs/{image_id}", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"),
    ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
), responses(
    (status = 200, body = JobView, headers(("ETag" = String, description = "Changes when the job does"))),
    (status = 304, description = "It is as it was"),
))]
pub(crate) async fn show(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = rest.desk.show(&id).await?;
    tagged(&headers, StatusCode::OK, &JobView::from(job))
}

/// Returns the kickstart of a job, as it was given.
#[utoipa::path(get, path = "/jobs/{image_id}/kickstart", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"),
), responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn kickstart(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Problem> {
    Ok(rest.desk.show(&id).await?.asked.kickstart.into_response())
}

/// Tells how far a job is that is being built: its steps until now, and how much of the last is done. Of a job that waits or
/// is over, or where the builder does not say, there are none.
#[utoipa::path(get, path = "/jobs/{image_id}/progress", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"),
), responses((status = 200, body = Progress)))]
pub(crate) async fn progress(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Json<Progress>, Problem> {
    let job = rest.desk.show(&id).await?;
    Ok(Json(rest.progress(&job).await.unwrap_or_default()))
}

/// Tells what happened to a job, the oldest first.
#[utoipa::path(get, path = "/jobs/{image_id}/history", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"),
), responses((status = 200, body = Vec<EventView>)))]
pub(crate) async fn history(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Json<Vec<EventView>>, Problem> {
    let events = rest.desk.history(&id).await?;
    if events.is_empty() {
        rest.desk.show(&id).await?; // one that is there has a beginning
    }
    Ok(Json(events.into_iter().map(EventView::from).collect()))
}

/// What would go with a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deletion {
    /// How many files there are.
    count: u64,
    /// How many bytes they have together.
    bytes: u64,
    /// Their paths, 1000 at most.
    files: Vec<String>,
}

/// Tells what deleting a job would remove; refuses as deleting would.
#[utoipa::path(get, path = "/jobs/{image_id}/deletion", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"),
), responses((status = 200, body = Deletion)))]
pub(crate) async fn deletion(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Json<Deletion>, Problem> {
    let contents = rest.desk.preview_deletion(&person, &id).await?;
    let files = contents.files.into_iter().take(1_000).map(|file| file.path).collect();
    Ok(Json(Deletion { count: contents.count, bytes: contents.bytes, files }))
}
