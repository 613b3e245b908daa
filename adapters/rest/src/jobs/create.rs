//! Asking for images.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use imaging::{Desk, ImageId, NewJob, Person, now_ms};

use super::{IfMatch, Unchanged, multipart, tagged};
use crate::asked::{content_type, json, read};
use crate::caller::Caller;
use crate::order::{Order, complete};
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::JobView;

/// The longest body of an order: its kickstart may be 10 MiB, and JSON may need two signs for one.
pub(super) const LONGEST: usize = 24 << 20;
/// The longest key, in bytes.
const LONGEST_KEY: usize = 200;

/// Reads `Idempotency-Key`; empty when there is none.
pub(crate) fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(String::new()) };
    match value.to_str().map(str::trim) {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST_KEY => Ok(key.to_owned()),
        _ => Err(Problem::unreadable(format!(
            "Idempotency-Key should have 1 to {LONGEST_KEY} letters of ASCII"
        ))),
    }
}

/// Reads an order, in one of its forms.
async fn order(person: &Person, request: Request, rest: &Arc<Rest>) -> Result<Order, Problem> {
    let headers = request.headers().clone();
    let reading = async {
        match content_type(&headers).as_str() {
            "application/json" => json(&read(request.into_body(), LONGEST).await?),
            "multipart/form-data" => multipart::order(request).await,
            _ => Err(Problem::wrong_type("an order is application/json or multipart/form-data")),
        }
    };
    rest.in_turn(&person.name, &headers, reading).await
}

/// Asks for an image.
///
/// Everything that is wrong with the order is told at once. The same `Idempotency-Key` of the same person is answered
/// with the same job, so a request whose answer was lost can be sent again. As `multipart/form-data`, each field of
/// the order is a part of its name: a text as it is (`kickstart` may be a file), lists and objects as JSON, and
/// `configuration` as one file or several.
#[utoipa::path(post, path = "/jobs", tag = "jobs", params(
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same job"),
), request_body(content((Order = "application/json"), (multipart::Form = "multipart/form-data"))), responses(
    (status = 201, body = JobView, description = "The job is recorded and will be built", headers(
        ("Location" = String, description = "Where the job is"), ("ETag" = String, description = "Changes when the job does"))),
    (status = 200, body = JobView, description = "The job of this Idempotency-Key, which is there already", headers(
        ("Location" = String, description = "Where the job is"), ("ETag" = String, description = "Changes when the job does"))),
))]
pub(crate) async fn create(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    request: Request,
) -> Result<Response, Problem> {
    Desk::may_submit(&person)?;
    let key = key(request.headers())?;
    let order = order(&person, request, &rest).await?;
    let job = complete(order, NewJob::default(), &rest.desk, rest.offers.as_ref()).await?;
    let now = now_ms();
    let asked = NewJob { request: key, ..job };
    let id = rest.desk.submit(&person, asked.clone(), now).await?;
    answer(&rest, &id, &asked, now).await
}

/// Asks again for the image of a job that is over, as a new job; the order says what is to be different.
#[utoipa::path(post, path = "/jobs/{image_id}/retry", tag = "jobs", params(
    ("image_id" = String, Path, description = "The id of the job"), IfMatch,
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same job"),
), request_body(content((Order = "application/json"), (multipart::Form = "multipart/form-data"))), responses(
    (status = 201, body = JobView, description = "The new job is recorded and will be built", headers(
        ("Location" = String, description = "Where the job is"), ("ETag" = String, description = "Changes when the job does"))),
    (status = 200, body = JobView, description = "The job of this Idempotency-Key, which is there already", headers(
        ("Location" = String, description = "Where the job is"), ("ETag" = String, description = "Changes when the job does"))),
))]
pub(crate) async fn retry(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Unchanged(id): Unchanged,
    request: Request,
) -> Result<Response, Problem> {
    let draft = rest.desk.draft(&person, &id).await?;
    let key = key(request.headers())?;
    let order = order(&person, request, &rest).await?;
    let job = complete(order, draft, &rest.desk, rest.offers.as_ref()).await?;
    let now = now_ms();
    let asked = NewJob { request: key, ..job };
    let new = rest.desk.retry(&person, &id, asked.clone(), now).await?;
    answer(&rest, &new, &asked, now).await
}

/// Shows the job that is on record for an order.
async fn answer(rest: &Rest, id: &ImageId, asked: &NewJob, now: i64) -> Result<Response, Problem> {
    let job = rest.desk.show(id).await?;
    let is_another =
        NewJob { user: job.asked.user.clone(), ..asked.clone() }.likeness() != job.asked.likeness();
    if is_another {
        return Err(Problem::conflict(format!(
            "this Idempotency-Key was another order's, whose job is {id}: take a new key for a new order"
        )));
    }
    let status = if job.created_ms == now { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = tagged(&HeaderMap::new(), status, &JobView::from(job))?;
    let place =
        HeaderValue::from_str(&format!("/api/v1/jobs/{id}")).map_err(|error| Problem::ours(&error))?;
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}
