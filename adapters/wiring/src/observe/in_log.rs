//! Writes what happens to jobs into the log.

use participant_core::{Attempt, Failure, Observer, Outcome, Progress, Workitem};

use super::asked::log_what_is_asked;

/// The log of one participant; wfid and image stand in the span around each line.
#[derive(Clone, Debug)]
pub(crate) struct InLog {
    /// The name it is configured by.
    pub(crate) participant: String,
}

impl Observer for InLog {
    fn span(&self, _queue: &str, item: &Workitem) -> tracing::Span {
        super::span(&self.participant, item)
    }

    fn started(&self, _queue: &str, item: &Workitem) {
        tracing::info!("started");
        log_what_is_asked(item);
    }

    fn progress(&self, _attempt: &Attempt, progress: &Progress) {
        tracing::debug!("{}", progress.step);
    }

    fn ended(&self, _queue: &str, _attempt: &Attempt, answer: &Result<Outcome, Failure>) {
        match answer {
            Ok(outcome) if outcome.is_done() => tracing::info!("done"),
            Ok(outcome) => tracing::warn!("refused: {}", outcome.reason().unwrap_or("no reason given")),
            Err(failure) => tracing::error!("failed: {failure}"),
        }
    }
}
