//! Work that takes long: how far it is.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;

use imaging::{Person, RepositoryName};

use super::asked::OfRepository;
use super::told::TaskView;
use super::work::{Found, Task};
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

impl Rest {
    /// Returns what is or was worked on in a repository, the newest first.
    pub fn tasks(&self, repository: &RepositoryName) -> Vec<Task> {
        self.kept.tasks.of(repository)
    }

    /// Returns a task; none when it is of the time before this program was started.
    pub fn task(&self, repository: &RepositoryName, id: &str) -> Result<Option<Task>, Problem> {
        match self.kept.tasks.find(repository, id) {
            Found::Task(entry) => Ok(Some(entry.task())),
            Found::Lost => Ok(None),
            Found::Nobodys => Err(no_task(id)),
        }
    }

    /// Has a task end soon, for whoever asked for it, or may change what repositories keep.
    pub fn stop_task(&self, person: &Person, repository: &RepositoryName, id: &str) -> Result<(), Problem> {
        let entry = match self.kept.tasks.find(repository, id) {
            Found::Task(entry) => entry,
            Found::Lost => return Ok(()),
            Found::Nobodys => return Err(no_task(id)),
        };
        if entry.by() != person.name {
            Rest::may_keep(person)?;
        }
        entry.stop();
        Ok(())
    }
}

fn no_task(id: &str) -> Problem {
    Problem::missing(format!("there is no task {id:?}, or it is over for long and forgotten"))
}
