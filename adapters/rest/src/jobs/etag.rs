//! Whether somebody has the newest answer already.

use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Answers with JSON and its tag, or with 304 to who has it.
pub(crate) fn tagged(
    headers: &HeaderMap,
    status: StatusCode,
    value: &impl Serialize,
) -> Result<Response, Problem> {
    let json = serde_json::to_vec(value).map_err(|error| Problem::ours(&error))?;
    let digest = Sha256::digest(&json);
    let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let etag = HeaderValue::from_str(&tag).map_err(|error| Problem::ours(&error))?;
    if status == StatusCode::OK && answers_to(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let kind = HeaderValue::from_static("application/json");
    Ok((status, [(ETAG, etag), (axum::http::header::CONTENT_TYPE, kind)], json).into_response())
}

/// Tells whether `If-None-Match` names this tag.
pub(crate) fn answers_to(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    named
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|named| named == "*" || named.strip_prefix("W/").unwrap_or(named) == tag)
}
