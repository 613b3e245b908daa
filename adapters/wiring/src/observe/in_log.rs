//! Writes what happens to jobs into the log, and counts them.

use std::error::Error;
use std::sync::Arc;

use imaging::Step;
use monitor::{Ended, Jobs};
use participant_core::{Attempt, Failure, Observer, Outcome, Progress, Workitem};

use super::Tally;
use super::asked::log_what_is_asked;

/// The log of one participant; wfid and image stand in the span around each line.
#[derive(Clone, Debug)]
pub(crate) struct InLog {
    /// The name it is configured by, where that is not its queue's.
    pub(crate) participant: Option<String>,
    /// Where its jobs are counted.
    pub(crate) tally: Arc<Tally>,
}

impl Observer for InLog {
    fn span(&self, queue: &str, item: &Workitem) -> tracing::Span {
        super::span(self.participant.as_deref().unwrap_or(queue), item)
    }

    fn started(&self, queue: &str, item: &Workitem) {
        Jobs.started(queue);
        self.tally.begin(item.attempt());
        tracing::info!("started");
        log_what_is_asked(item);
    }

    fn progress(&self, _attempt: &Attempt, progress: &Progress) {
        let step = Step { name: progress.step.clone(), done_of: progress.done_of };
        tracing::debug!("{step}");
    }

    fn ended(&self, queue: &str, attempt: &Attempt, answer: &Result<Outcome, Failure>) {
        let how = match answer {
            Ok(outcome) if outcome.is_done() => Ended::Done,
            Ok(_) => Ended::Refused,
            Err(_) => Ended::Failed,
        };
        Jobs.ended(queue, how, self.tally.end(attempt));
        match answer {
            Ok(outcome) if outcome.is_done() => tracing::info!("done"),
            Ok(outcome) => tracing::warn!("refused: {}", outcome.reason().unwrap_or("no reason given")),
            Err(failure) => tracing::error!("failed: {}", with_causes(failure)),
        }
    }
}

/// A failure and its causes on one line.
fn with_causes(failure: &Failure) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
