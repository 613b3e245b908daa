//! Shows the jobs of this program: to a person at the terminal, or in the log.

mod asked;
mod in_log;
mod masked;
mod on_terminal;
mod tally;

use participant_core::Workitem;
use tracing::{Span, error_span};

pub(crate) use self::in_log::InLog;
pub(crate) use self::on_terminal::OnTerminal;
pub(crate) use self::tally::Tally;

/// The target of the span of a job. The log's filter always lets it through, so that no line of a job goes without it.
pub(crate) const JOB: &str = "job";

/// Names a job in the log. A participant that finds out the image later records `image_id` in it.
fn span(participant: &str, item: &Workitem) -> Span {
    let wfid = item.fei().wfid.as_str();
    let span = error_span!(target: JOB, "job", wfid, image_id = tracing::field::Empty, participant);
    if let Some(image_id) = item.text("image.image_id") {
        span.record("image_id", image_id.as_str());
    }
    span
}
