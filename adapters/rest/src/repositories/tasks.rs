//! Work that takes long: how far it is.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;

use super::asked::OfRepository;
use super::view::TaskView;
use crate::asked::Of;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::service::Rest;

/// Lists what is or was worked on in a repository since the service was started, the newest first; the last 200 that are over.
#[utoipa::path(get, path = "/repositories/{name}/tasks", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
), responses((status = 200, body = Vec<TaskView>)))]
pub(crate) async fn list(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
) -> Answer<Vec<TaskView>> {
    let name = repository.name();
    Answer(rest.tasks(name).iter().map(|task| TaskView::of(name.as_str(), task)).collect())
}

/// Tells how far a task is, and what came of it.
#[utoipa::path(get, path = "/repositories/{name}/tasks/{task}", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("task" = String, Path, description = "The id of the task"),
), responses((status = 200, body = TaskView)))]
pub(crate) async fn show(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
    Of((_, id)): Of<(String, String)>,
) -> Result<Answer<TaskView>, Problem> {
    let name = repository.name();
    let task = rest.task(name, &id)?;
    let lost = || TaskView::lost(name.as_str(), &id);
    Ok(Answer(task.map_or_else(lost, |task| TaskView::of(name.as_str(), &task))))
}

/// Stops a task; the repository is as it was before. One that is over stays so.
#[utoipa::path(delete, path = "/repositories/{name}/tasks/{task}", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("task" = String, Path, description = "The id of the task"),
), responses((status = 204, description = "It ends soon, if it is not over")))]
pub(crate) async fn stop(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
    Of((_, id)): Of<(String, String)>,
) -> Result<StatusCode, Problem> {
    rest.stop_task(&person, repository.name(), &id)?;
    Ok(StatusCode::NO_CONTENT)
}
