//! The page of work that takes long: how far it is, and what came of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use imaging::{RepositoryName, now_ms};
use rest::{Came, Rest, Task, TaskKind, TaskState};

use super::asked::OfRepository;
use super::show::what;
use crate::show::{Badge, Moment, lasted, link, page};
use crate::trouble::{Trouble, see, sentence};
use crate::visitor::{Bar, Visitor};

/// A task that waits or is being done, in a line.
pub(super) struct Running {
    pub(super) page: String,
    /// `publishing lab1.img`.
    pub(super) what: String,
    pub(super) by: String,
    /// `copying 40 %`.
    pub(super) now: String,
}

/// Returns those of some tasks that are not over.
pub(super) fn running(repository: &RepositoryName, tasks: impl IntoIterator<Item = Task>) -> Vec<Running> {
    let line = |task: Task| {
        let now = match &task.state {
            TaskState::Waits => "waits for its turn".to_owned(),
            TaskState::Runs(step) => step.to_string(),
            TaskState::Over(_) => return None,
        };
        let what = format!("{} {}", doing(task.kind), task.image);
        Some(Running { page: place(repository, &task.id), what, by: task.by, now })
    };
    tasks.into_iter().filter_map(line).collect()
}

fn doing(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Publish => "Publishing",
        TaskKind::Import => "Importing",
        TaskKind::Verify => "Verifying",
        TaskKind::Restore => "Restoring the backup of",
    }
}

fn place(repository: &RepositoryName, id: &str) -> String {
    format!("/repositories/{repository}/tasks/{}", link(id))
}

/// Leads to the page of a task that was begun.
pub(super) fn begun(repository: &RepositoryName, task: &Task) -> Response {
    see(&place(repository, &task.id))
}

#[derive(Template)]
#[template(path = "repositories/task.html")]
struct TaskPage {
    bar: Bar,
    part: Part,
}

/// What of the page changes while it is looked at.
#[derive(Template)]
#[template(path = "repositories/part.html")]
struct Part {
    place: String,
    repository: String,
    title: String,
    badge: Badge,
    /// What it does, with how much of it is done.
    step: String,
    done_of: Option<(u64, u64)>,
    is_over: bool,
    about: String,
    asked: Moment,
    took: String,
    may_stop: bool,
    /// The page of the image; empty when there is none.
    image: String,
    /// Why it came to nothing.
    why: String,
    /// What came of it, when that is good.
    good: String,
    warnings: Vec<String>,
    faults: Vec<String>,
    held: Vec<String>,
}

impl Part {
    fn lost(repository: &RepositoryName, id: &str) -> Part {
        Part {
            place: place(repository, id),
            repository: repository.to_string(),
            title: "Lost".into(),
            badge: Badge { class: "bad", sign: "✗", word: "lost".into() },
            step: String::new(),
            done_of: None,
            is_over: true,
            about: String::new(),
            asked: Moment::default(),
            took: String::new(),
            may_stop: false,
            image: String::new(),
            why: "The service was started anew since this was asked for. The image it was about is there as a whole, or is as it was \
                  before: look at it, and ask again if need be."
                .into(),
            good: String::new(),
            warnings: Vec::new(),
            faults: Vec::new(),
            held: Vec::new(),
        }
    }

    fn of(repository: &RepositoryName, task: &Task, visitor: &Visitor) -> Part {
        let mut part = Part {
            title: format!("{} {}", doing(task.kind), task.image),
            about: format!("asked by {}", task.by),
            asked: Moment::of(task.asked_ms, now_ms()),
            took: lasted(task.ended_ms.unwrap_or_else(now_ms) - task.asked_ms),
            is_over: false,
            why: String::new(),
            ..Part::lost(repository, &task.id)
        };
        let mut is = |class, sign, word: &str| part.badge = Badge { class, sign, word: word.to_owned() };
        match &task.state {
            TaskState::Waits => is("waits", "○", "waits"),
            TaskState::Runs(_) => is("works", "●", "runs"),
            TaskState::Over(Came::Published(_)) => is("good", "✓", "done"),
            TaskState::Over(Came::Verified(found)) if found.whole() => is("good", "✓", "whole"),
            TaskState::Over(Came::Verified(_)) => is("bad", "✗", "broken"),
            TaskState::Over(Came::Failed { .. }) => is("bad", "✗", "failed"),
            TaskState::Over(Came::Stopped) => is("bad", "✗", "stopped"),
        }
        match &task.state {
            TaskState::Waits => part.step = "waits for its turn".into(),
            TaskState::Runs(step) => (part.step, part.done_of) = (step.to_string(), step.done_of),
            TaskState::Over(came) => part.came(came),
        }
        part.may_stop =
            !part.is_over && (task.by == visitor.person.name || Rest::may_keep(&visitor.person).is_ok());
        let is_there = matches!(task.state, TaskState::Over(Came::Published(_)))
            || matches!(task.kind, TaskKind::Verify | TaskKind::Restore);
        if is_there {
            part.image = format!("/repositories/{repository}/images/{}", task.image.address());
        }
        part
    }

    fn came(&mut self, came: &Came) {
        self.is_over = true;
        match came {
            Came::Published(done) => {
                let what = what(done.image.recognised.as_ref());
                let what = if what.is_empty() { "an image that nobody recognises".to_owned() } else { what };
                let backup =
                    if done.replaced { " The image that was there before is its backup." } else { "" };
                self.good = format!("{} is published: {what}.{backup}", done.image.path);
                self.warnings.clone_from(&done.warnings);
            }
            Came::Verified(found) if found.whole() => {
                self.good = format!("It is whole: {} were read.", crate::show::size(found.read_bytes));
                self.held.clone_from(&found.held);
            }
            Came::Verified(found) => {
                self.faults = found.faults.iter().map(|fault| sentence(fault)).collect();
                self.held.clone_from(&found.held);
            }
            Came::Failed { opengnsys, why } => {
                self.why = format!("{} (OpenGnsys has the number {opengnsys} for that.)", sentence(why));
            }
            Came::Stopped => {
                self.why = "It was stopped before it was done, and the repository is as it was.".into();
            }
        }
    }
}

async fn found(
    rest: &Rest,
    OfRepository(repository, _): &OfRepository,
    id: &str,
    who: &Visitor,
) -> Result<Part, Trouble> {
    let name = repository.name();
    let task = rest.task(name, id)?;
    Ok(task.map_or_else(|| Part::lost(name, id), |task| Part::of(name, &task, who)))
}

pub(super) async fn task(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfRepository,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let part = found(&rest, &of, &id, &visitor).await?;
    Ok(page(&TaskPage { bar: visitor.bar("repositories"), part }))
}

/// Answers with what has changed, for a page that is looked at.
pub(super) async fn part(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfRepository,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    Ok(page(&found(&rest, &of, &id, &visitor).await?))
}

pub(super) async fn stop(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository, _): OfRepository,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    rest.stop_task(&visitor.person, repository.name(), &id)?;
    Ok(see(&place(repository.name(), &id)))
}
