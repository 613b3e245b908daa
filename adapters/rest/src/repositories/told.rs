//! Tasks, as programs see them.

use imaging::Verified;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::RecognisedView;
use super::work::{Came, Task, TaskState};
use crate::files::encoded;
use crate::view::time;

/// A piece of work that takes long.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskView {
    /// Its id.
    #[schema(example = "5f0c11d2-1")]
    id: String,
    /// Where it is told of.
    url: String,
    /// `publish`, `import`, `verify` or `restore`.
    kind: Option<&'static str>,
    /// The image it is about, as `address` of images has it.
    image: Option<String>,
    /// Who asked for it.
    by: Option<String>,
    /// `waits`, `runs`, `done`, `failed`, `stopped`; `lost` when the service was started anew since it was asked for: then
    /// the image says what came of it.
    #[schema(example = "runs")]
    state: &'static str,
    /// Whether nothing more comes.
    is_over: bool,
    /// What it does now.
    #[schema(example = "copying")]
    step: Option<String>,
    /// How many bytes of that are done.
    done: Option<u64>,
    /// Of how many.
    of: Option<u64>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    asked: Option<String>,
    /// When it was over.
    #[schema(format = DateTime)]
    ended: Option<String>,
    /// Why it failed or was lost, and what to do.
    error: Option<String>,
    /// OpenGnsys's number for why it failed.
    opengnsys: Option<u8>,
    /// Whether an image of this name was there, which is the backup now.
    replaced: Option<bool>,
    /// What a person should know of the image that was published.
    warnings: Vec<String>,
    /// What was found, when an image was verified.
    verified: Option<VerifiedView>,
}

/// What was found when a whole image was read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifiedView {
    /// Whether nothing is wrong with it, as far as there is something to hold it against.
    whole: bool,
    /// What is wrong with it.
    faults: Vec<String>,
    /// What it was held against.
    held: Vec<String>,
    /// MD5 of its last MiB.
    sum: String,
    /// MD5 of all of it.
    full_sum: String,
    /// How many bytes were read.
    read_bytes: u64,
    /// What it is.
    recognised: Option<RecognisedView>,
}

impl From<&Verified> for VerifiedView {
    fn from(found: &Verified) -> VerifiedView {
        VerifiedView {
            whole: found.whole(),
            faults: found.faults.clone(),
            held: found.held.clone(),
            sum: found.sums.tail_md5.clone(),
            full_sum: found.sums.full_md5.clone(),
            read_bytes: found.read_bytes,
            recognised: found.recognised.as_ref().map(RecognisedView::from),
        }
    }
}

impl TaskView {
    /// Tells of one that nobody knows any more.
    pub(super) fn lost(repository: &str, id: &str) -> TaskView {
        TaskView {
            id: id.to_owned(),
            url: address(repository, id),
            kind: None,
            image: None,
            by: None,
            state: "lost",
            is_over: true,
            step: None,
            done: None,
            of: None,
            asked: None,
            ended: None,
            error: Some(LOST.into()),
            opengnsys: None,
            replaced: None,
            warnings: Vec::new(),
            verified: None,
        }
    }

    pub(super) fn of(repository: &str, task: &Task) -> TaskView {
        let mut view = TaskView {
            kind: Some(task.kind.word()),
            image: Some(task.image.address()),
            by: Some(task.by.clone()),
            asked: Some(time(task.asked_ms)),
            ended: task.ended_ms.map(time),
            is_over: matches!(task.state, TaskState::Over(_)),
            ..TaskView::lost(repository, &task.id)
        };
        (view.state, view.error) = ("done", None);
        match &task.state {
            TaskState::Waits => view.state = "waits",
            TaskState::Runs(step) => {
                view.state = "runs";
                view.step = Some(step.name.clone());
                (view.done, view.of) = step.done_of.unzip();
            }
            TaskState::Over(Came::Published(done)) => {
                (view.replaced, view.warnings) = (Some(done.replaced), done.warnings.clone());
            }
            TaskState::Over(Came::Verified(found)) => view.verified = Some(found.as_ref().into()),
            TaskState::Over(Came::Failed { opengnsys, why }) => {
                (view.state, view.opengnsys, view.error) = ("failed", Some(*opengnsys), Some(why.clone()));
            }
            TaskState::Over(Came::Stopped) => {
                (view.state, view.error) = ("stopped", Some("it was stopped before it was done".into()));
            }
        }
        view
    }
}

/// What is told of a task of an earlier run.
const LOST: &str = "the service was started anew since this was asked for: what it was about is there as a whole, or is as it \
                    was before; look at the image, and ask again if need be";

pub(super) fn address(repository: &str, id: &str) -> String {
    format!("/api/v1/repositories/{}/tasks/{}", encoded(repository), encoded(id))
}
