//! The files of a job.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rest::Rest;

use super::{Below, image_id};
use crate::trouble::Trouble;
use crate::visitor::Visitor;

/// Sends a file, or part of it; browsers save it and never show it as a page of this site.
pub(super) async fn file(
    _: Visitor,
    State(rest): State<Arc<Rest>>,
    Path((id, path)): Below,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let job = rest.desk.show(&image_id(&id)?).await?;
    Ok(rest.file(&job, &path, &headers).await?)
}
