//! `/api/v1/jobs/{image_id}/log`: read, also while it grows, from this machine or the one that builds.

mod follow;
mod progress;
mod source;

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use imaging::ImageJob;
use utoipa_axum::routes;

pub use self::progress::{Progress, StepTime};
pub use self::source::Growing;
use crate::asked::OfJob;
use crate::caller::Caller;
use crate::files::send;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::service::Rest;

pub(crate) fn routes() -> Routes {
    Routes::new().routes(routes!(log)).routes(routes!(follow::follow))
}

/// Reads the log of a job as far as it is written, or part of it by `Range`: `bytes=-10000` is its end.
#[utoipa::path(get, path = "/jobs/{image_id}/log", tag = "files", params(
    ("image_id" = String, Path, description = "The id of the job"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, as `bytes=-10000`"),
    ("If-Range" = Option<String>, Header, description = "The ETag of what is there already; else all is sent"),
    ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
), responses(
    (status = 200, description = "The log", content_type = "text/plain", body = String),
    (status = 206, description = "Part of it", content_type = "text/plain", body = String),
    (status = 304, description = "It is as it was"),
))]
pub(crate) async fn log(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = rest.desk.show(&id).await?;
    rest.log(&job, &headers).await
}

impl Rest {
    /// Answers with the log of a job, or the part of it that is asked for.
    pub async fn log(&self, job: &ImageJob, headers: &HeaderMap) -> Result<Response, Problem> {
        let opened = source::find(self, job, None).await?;
        let opened = opened.ok_or_else(|| {
            Problem::missing(format!(
                "{} has no log: it is {}, and nothing was written yet, or no longer",
                job.image_id, job.status
            ))
        })?;
        send(self, headers, opened, &format!("{}.log", job.asked.name), None).await
    }

    /// Finds the log of a job, to read in it; none when nothing was written yet, or no longer.
    pub async fn growing_log(&self, job: &ImageJob) -> Result<Option<Growing>, Problem> {
        Ok(source::find(self, job, None).await?.map(Growing::from))
    }
}
