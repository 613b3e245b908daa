//! What people do to jobs.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use imaging::{Tag, now_ms};
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::key;
use super::{IfMatch, Unchanged, tagged};
use crate::asked::Json;
use crate::caller::Caller;
use crate::problem::{Mistake, Problem};
use crate::service::Rest;
use crate::view::JobView;

/// Stops a job that waits or is being built; it becomes ERROR at once, and whoever builds it stops soon.
#[utoipa::path(post, path = "/jobs/{image_id}/stop", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
), responses((status = 200, body = JobView,
    headers(("ETag" = String, description = "Changes when the job does")))))]
pub(crate) async fn stop(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
) -> Result<Response, Problem> {
    rest.desk.cancel(&person, &id, now_ms()).await?;
    tagged(&HeaderMap::new(), StatusCode::OK, &JobView::from(rest.desk.show(&id).await?))
}

/// Deletes a job that is over and not pinned; its files follow within moments.
#[utoipa::path(delete, path = "/jobs/{image_id}", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
), responses((status = 204, description = "It is gone")))]
pub(crate) async fn delete(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
) -> Result<StatusCode, Problem> {
    rest.desk.delete(&person, &id, now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tags to put on a job, and to take off it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tags {
    /// Put on it.
    add: Vec<String>,
    /// Taken off it.
    remove: Vec<String>,
}

/// Puts tags on a job and takes others off it; `pinned` is one of them.
#[utoipa::path(patch, path = "/jobs/{image_id}/tags", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
), request_body = Tags, responses((status = 200, body = JobView,
    headers(("ETag" = String, description = "Changes when the job does")))))]
pub(crate) async fn tag(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
    Json(tags): Json<Tags>,
) -> Result<Response, Problem> {
    let mut mistakes = Vec::new();
    let mut read = |field: &str, texts: &[String]| -> Vec<Tag> {
        let parsed = texts.iter().map(|text| Tag::parse(text));
        parsed
            .filter_map(|tag| {
                tag.map_err(|error| mistakes.push(Mistake::of(field, format!("is wrong: {error}")))).ok()
            })
            .collect()
    };
    let (add, remove) = (read("add", &tags.add), read("remove", &tags.remove));
    mistakes.truncate(20);
    if !mistakes.is_empty() {
        return Err(Problem::mistakes(mistakes));
    }
    rest.desk.tag(&person, &id, &add, &remove, now_ms()).await?;
    tagged(&HeaderMap::new(), StatusCode::OK, &JobView::from(rest.desk.show(&id).await?))
}

/// Protects a job from deletion.
#[utoipa::path(put, path = "/jobs/{image_id}/pin", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
), responses((status = 204, description = "It is pinned")))]
pub(crate) async fn pin(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
) -> Result<StatusCode, Problem> {
    rest.desk.pin(&person, &id, true, now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Protects a job no longer.
#[utoipa::path(delete, path = "/jobs/{image_id}/pin", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
), responses((status = 204, description = "It is not pinned")))]
pub(crate) async fn unpin(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
) -> Result<StatusCode, Problem> {
    rest.desk.pin(&person, &id, false, now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A post-process to launch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Follow {
    /// Its name: see `/api/v1/post-processes`.
    name: String,
}

/// Launches a post-process for a finished image, once more or for the first time.
#[utoipa::path(post, path = "/jobs/{image_id}/post-processes", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
    ("Idempotency-Key" = Option<String>, Header, description = "The same key launches it once"),
), request_body = Follow, responses((status = 202, description = "It will be launched")))]
pub(crate) async fn post_process(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
    headers: HeaderMap,
    Json(follow): Json<Follow>,
) -> Result<StatusCode, Problem> {
    let key = key(&headers)?;
    rest.desk.post_process(&person, &id, &follow.name, &key, now_ms()).await?;
    Ok(StatusCode::ACCEPTED)
}
