//! Shows jobs at the terminal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use cli::Show;
use participant_core::{Attempt, Failure, Observer, Outcome, Progress, Workitem};

/// Passes what happens in the participants on to the terminal.
#[derive(Clone, Debug)]
pub(crate) struct OnTerminal {
    show: Arc<Show>,
    labels: Arc<Mutex<HashMap<Attempt, String>>>,
}

impl OnTerminal {
    pub(crate) fn new(show: Arc<Show>) -> OnTerminal {
        OnTerminal { show, labels: Arc::default() }
    }

    fn labels(&self) -> MutexGuard<'_, HashMap<Attempt, String>> {
        self.labels.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The queues whose work a person waits for.
fn worth_showing(queue: &str) -> bool {
    matches!(queue, "build_ks" | "build_image")
}

impl Observer for OnTerminal {
    fn span(&self, queue: &str, item: &Workitem) -> tracing::Span {
        super::span(queue, item)
    }

    fn started(&self, queue: &str, item: &Workitem) {
        let label = item.text("image.image_id").or_else(|| item.text("image.name")).unwrap_or_default();
        if worth_showing(queue) {
            let doing = if queue == "build_ks" { "preparing the kickstart" } else { "building" };
            self.show.step(&label, doing, None);
        }
        self.labels().insert(item.attempt(), label);
    }

    fn progress(&self, attempt: &Attempt, progress: &Progress) {
        let label = self.labels().get(attempt).cloned();
        if let Some(label) = label {
            self.show.step(&label, &progress.step, progress.done_of);
        }
    }

    fn ended(&self, queue: &str, attempt: &Attempt, _answer: &Result<Outcome, Failure>) {
        let label = self.labels().remove(attempt);
        if let (true, Some(label)) = (worth_showing(queue), label) {
            self.show.ended(&label);
        }
    }
}
