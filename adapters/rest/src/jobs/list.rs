//! Finding jobs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use imaging::{Cursor, JobFilter, Tag};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::asked::Asked;
use crate::caller::Caller;
use crate::problem::{Mistake, Problem};
use crate::service::Rest;
use crate::view::LineView;

/// Which jobs are wanted; what is not said does not matter.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Words of the name; each begins one of the words of the name.
    #[param(required = false)]
    name: Option<String>,
    /// A tag it has.
    #[param(required = false)]
    tag: Option<String>,
    /// Who asked.
    #[param(required = false)]
    user: Option<String>,
    /// The form of the image.
    #[param(required = false)]
    image_type: Option<String>,
    /// The processor.
    #[param(required = false)]
    arch: Option<String>,
    /// How far it is, as `DONE` or `DONE, TESTED`.
    #[param(required = false)]
    status: Option<String>,
    /// The queue it is in.
    #[param(required = false)]
    queue: Option<String>,
    /// The `next` of the part before.
    #[param(required = false)]
    after: Option<String>,
    /// How many, 1 to 500; 30 unless said.
    #[param(required = false, minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// Part of the list of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Part {
    /// The jobs, newest first.
    jobs: Vec<LineView>,
    /// What `after` takes to get the next part; none after the last.
    next: Option<String>,
}

/// Lists jobs, newest first.
///
/// Jobs that are recorded or deleted meanwhile move nothing: each part begins where the one before ended.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(Wanted), responses((status = 200, body = Part)))]
pub(crate) async fn list(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Part>, Problem> {
    let mut mistakes = Vec::new();
    let mut wrong = |field: &str, why: String| mistakes.push(Mistake::of(field, format!("is wrong: {why}")));
    let limit = wanted.limit.unwrap_or(30);
    if !(1..=500).contains(&limit) {
        wrong("limit", format!("{limit} is not 1 to 500"));
    }
    let tag = wanted.tag.map(|text| Tag::parse(&text)).transpose();
    let tag = tag.unwrap_or_else(|error| {
        wrong("tag", error.0);
        None
    });
    let status = wanted.status.map(|text| text.parse()).transpose();
    let status = status.unwrap_or_else(|error: imaging::NotAWord| {
        wrong("status", error.0);
        None
    });
    let after = wanted.after.map(|text| text.parse::<Cursor>()).transpose();
    let after = after.unwrap_or_else(|error| {
        wrong("after", error.0);
        None
    });
    if !mistakes.is_empty() {
        return Err(Problem::mistakes(mistakes));
    }
    let filter = JobFilter {
        name: wanted.name,
        tag,
        user: wanted.user,
        image_type: wanted.image_type,
        arch: wanted.arch,
        status,
        queue: wanted.queue,
    };
    let page = rest.desk.list(&filter, after, limit).await?;
    let jobs = page.jobs.into_iter().map(LineView::from).collect();
    Ok(Json(Part { jobs, next: page.next.map(|next| next.to_string()) }))
}

/// How a tag begins.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Beginning {
    /// What the tags begin with.
    #[param(required = false)]
    beginning: String,
}

/// Lists tags that jobs have: the first hundred, sorted.
#[utoipa::path(get, path = "/tags", tag = "jobs", params(Beginning), responses((status = 200, body = Vec<String>)))]
pub(crate) async fn tags(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    Asked(asked): Asked<Beginning>,
) -> Result<Json<Vec<String>>, Problem> {
    let tags = rest.desk.search.tags(&asked.beginning, 100).await?;
    Ok(Json(tags.iter().map(ToString::to_string).collect()))
}
