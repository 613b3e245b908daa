//! Whether somebody has the newest answer already, and whether a job is still as they saw it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use imaging::ImageId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::asked::OfJob;
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::JobView;

/// Answers with JSON and its tag, or with 304 to who has it.
pub(crate) fn tagged(
    headers: &HeaderMap,
    status: StatusCode,
    value: &impl Serialize,
) -> Result<Response, Problem> {
    let json = serde_json::to_vec(value).map_err(|error| Problem::ours(&error))?;
    let tag = tag(&json);
    let etag = HeaderValue::from_str(&tag).map_err(|error| Problem::ours(&error))?;
    if status == StatusCode::OK && answers_to(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let kind = HeaderValue::from_static("application/json");
    Ok((status, [(ETAG, etag), (axum::http::header::CONTENT_TYPE, kind)], json).into_response())
}

/// Refuses to change what is not as whoever asks saw it: `If-Match` names another tag than that of `value`.
pub(crate) fn unchanged(headers: &HeaderMap, value: &impl Serialize, what: &str) -> Result<(), Problem> {
    if !headers.contains_key(IF_MATCH) {
        return Ok(());
    }
    let tag = tag_of(value)?;
    // a weak tag says that something is alike, and that is not enough to change it
    if named(headers.get_all(IF_MATCH).iter()).any(|named| named == "*" || named == tag) {
        return Ok(());
    }
    Err(Problem::changed(format!("{what} is not as it was any more: look at it again, and at its ETag")))
}

/// Returns the tag of what is answered as JSON.
pub(crate) fn tag_of(value: &impl Serialize) -> Result<String, Problem> {
    Ok(tag(&serde_json::to_vec(value).map_err(|error| Problem::ours(&error))?))
}

fn tag(json: &[u8]) -> String {
    let digest = Sha256::digest(json);
    let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{tag}\"")
}

/// The header of who changes a job only as they saw it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "`Unchanged` reads it; this is its form for the document")]
pub(crate) struct IfMatch {
    /// The ETag of the job as it was seen: when it has changed since, nothing is done. Checked before the change.
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
}

/// The job that the path names, when it is still as whoever asks saw it: see [`IfMatch`].
#[derive(Debug)]
pub(crate) struct Unchanged(pub(crate) ImageId);

impl FromRequestParts<Arc<Rest>> for Unchanged {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<Unchanged, Problem> {
        let OfJob(id) = OfJob::from_request_parts(parts, rest).await?;
        if !parts.headers.contains_key(IF_MATCH) {
            return Ok(Unchanged(id));
        }
        let job = JobView::from(rest.desk.show(&id).await?);
        unchanged(&parts.headers, &job, id.as_str())?;
        Ok(Unchanged(id))
    }
}

/// Tells whether `If-None-Match` names this tag.
pub(crate) fn answers_to(headers: &HeaderMap, tag: &str) -> bool {
    named(headers.get_all(IF_NONE_MATCH).iter())
        .any(|named| named == "*" || named.strip_prefix("W/").unwrap_or(named) == tag)
}

/// Returns the tags that headers name.
fn named<'a>(headers: impl Iterator<Item = &'a HeaderValue>) -> impl Iterator<Item = &'a str> {
    headers.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}
