//! Shows the jobs of this program to a person.

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

/// Writes what happens in the participants to the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InLog;

impl Observer for InLog {
    fn started(&self, queue: &str, item: &Workitem) {
        let image_id = item.text("image.image_id").unwrap_or_default();
        tracing::info!(queue, wfid = item.attempt().fei.wfid, image_id, "started");
    }

    fn progress(&self, attempt: &Attempt, progress: &Progress) {
        tracing::debug!(wfid = attempt.fei.wfid, step = progress.step, "got on");
    }

    fn ended(&self, queue: &str, attempt: &Attempt, answer: &Result<Outcome, Failure>) {
        let wfid = &attempt.fei.wfid;
        match answer {
            Ok(outcome) if outcome.is_done() => tracing::info!(queue, wfid, "done"),
            Ok(outcome) => {
                tracing::warn!(queue, wfid, "refused: {}", outcome.reason().unwrap_or("no reason given"))
            }
            Err(failure) => tracing::error!(queue, wfid, "failed: {failure}"),
        }
    }
}
