//! Reading requests: paths, queries and bodies, each wrong one told as a problem.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use imaging::ImageId;
use serde::de::DeserializeOwned;

use crate::object::Object;
use crate::problem::Problem;
use crate::service::Rest;

/// The longest body of most requests.
const LONGEST: usize = 1 << 20;

/// The job that the path names.
#[derive(Debug)]
pub(crate) struct OfJob(pub(crate) ImageId);

/// Reads the id of a job; one that only becomes an id by leaving something out is nobody's.
pub(crate) fn image_id(text: &str) -> Result<ImageId, Problem> {
    let id = ImageId::reduce(text).ok().filter(|id| id.as_str() == text);
    id.ok_or_else(|| Problem::missing("no job has such an id: it has 1 to 200 letters, digits, `_` or `-`"))
}

/// Parts of the path, decoded.
#[derive(Debug)]
pub(crate) struct Of<T>(pub(crate) T);

impl<T: DeserializeOwned + Send + 'static> FromRequestParts<Arc<Rest>> for Of<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Rest>) -> Result<Of<T>, Problem> {
        match parts.extract::<Path<T>>().await {
            Ok(Path(path)) => Ok(Of(path)),
            Err(_) => Err(Problem::missing("no such address: its path is not UTF-8, or has no such form")),
        }
    }
}

impl FromRequestParts<Arc<Rest>> for OfJob {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<OfJob, Problem> {
        // the id comes first, whatever follows
        let Of(path) = Of::<Vec<(String, String)>>::from_request_parts(parts, rest).await?;
        let (_, id) = path.into_iter().next().unwrap_or_default();
        image_id(&id).map(OfJob)
    }
}

/// What follows the question mark.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send + 'static> FromRequestParts<Arc<Rest>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Rest>) -> Result<Asked<T>, Problem> {
        let query: Result<Query<T>, QueryRejection> = parts.extract().await;
        match query {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(rejection) => {
                Err(Problem::unreadable(format!("what follows `?`: {}", rejection.body_text())))
            }
        }
    }
}

/// A body of JSON.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<Rest>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<Rest>) -> Result<Json<T>, Problem> {
        if content_type(request.headers()) != "application/json" {
            return Err(Problem::wrong_type(
                "the body should be JSON, with `Content-Type: application/json`",
            ));
        }
        let bytes = read(request.into_body(), LONGEST).await?;
        json(&bytes).map(Json)
    }
}

/// Reads a JSON object; the problem says where it is wrong.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map(|Object(body)| body).map_err(|error| {
        let detail = format!("the body: {error}");
        if error.is_data() {
            Problem::mistake("body", format!("is not what is meant: {error}"))
        } else {
            Problem::unreadable(detail)
        }
    })
}

/// Returns the type of a body, without its parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Reads a body that is at most so long; one that is cut in the middle is nobody's wish.
pub(crate) async fn read(body: Body, longest: usize) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, longest).await.map_err(|error| {
        let text = crate::problem::chain(&error);
        if text.contains("length limit") {
            Problem::too_large(format!("the body may have {longest} bytes"))
        } else {
            Problem::unreadable(format!("the body ended before its time: {text}"))
        }
    })
}
