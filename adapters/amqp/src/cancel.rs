//! Deals with cancels: who is meant, and how the instances of a participant tell each other.
//!
//! The engine says whom it cancels only by the correlation id of its message. The instance that takes a cancel
//! [searches](crate::search) for what has the same; only when exactly one message fits is it stopped, or taken out of the
//! queue. Nobody gets an answer.

use std::sync::Arc;
use std::time::Duration;

use lapin::BasicProperties;
use lapin::message::Delivery as Delivered;
use lapin::types::ShortString;
use tracing::{info, warn};

use crate::held::Hold;
use crate::intake::Taken;
use crate::names::Item;
use crate::search::{Verdict, search};
use crate::session::Session;

/// What instances say on the cancel exchange: the type of a message.
pub(crate) const ASK: &str = "ask";
pub(crate) const ANSWER: &str = "answer";
pub(crate) const STOP: &str = "stop";

/// How long a message may be on its way to our queue before we answer without it.
const MOVING: Duration = Duration::from_millis(500);

/// Acts on a cancel, then acks it; when the session breaks meanwhile the cancel comes again.
pub(crate) async fn judge(taken: &Arc<Taken>, cancel: &Item, hold: Hold, ear: Option<ShortString>) {
    let queue = &taken.names.skynet;
    match cancel.correlation() {
        None => warn!(
            "a cancel on {queue} cancels nothing: it has no correlation id; give the step `:correlation_id => …`"
        ),
        Some(correlation) => {
            let _one_at_a_time = taken.court.lock().await;
            let verdict = match &ear {
                Some(ear) => search(taken, &hold.session, ear, correlation).await,
                None => Ok(judge_here(taken, correlation)),
            };
            match verdict {
                Ok(Verdict::Stopped) => {
                    info!("cancelled the job on {queue} with the correlation id `{correlation}`")
                }
                Ok(Verdict::TakenOut) => {
                    info!("a cancelled workitem on {queue} is not started (correlation id `{correlation}`)");
                }
                Ok(Verdict::Fits(0)) => {
                    info!(
                        "a cancel on {queue} cancels nothing: nothing runs or waits with the correlation id `{correlation}`"
                    );
                }
                Ok(Verdict::Fits(many)) => warn!(
                    "a cancel on {queue} cancels nothing: {many} workitems have the correlation id `{correlation}`"
                ),
                Ok(Verdict::TooMuch) => warn!(
                    "a cancel on {queue} cancels nothing: too much waits in {} to look through",
                    taken.names.work
                ),
                Err(stuck) => return warn!("cannot deal with a cancel on {queue} now: {stuck}"),
            }
        }
    }
    hold.ack().await;
}

/// Where instances cannot talk to each other, each looks at its own.
fn judge_here(taken: &Arc<Taken>, correlation: &str) -> Verdict {
    let fitting = taken.book().correlated(correlation);
    match fitting.as_slice() {
        [one] if stop_here(taken, one) => Verdict::Stopped,
        many => Verdict::Fits(many.len()),
    }
}

/// Stops the job, or drops the waiting message, with this id, if it is here.
pub(crate) fn stop_here(taken: &Taken, id: &str) -> bool {
    let mut book = taken.book();
    if let Some(running) = book.running.values().find(|running| running.item.id == id) {
        running.cancelled.cancel();
        return true;
    }
    match book.desk.remove(|arrival| arrival.item.id == id) {
        Some(arrival) => {
            tokio::spawn(arrival.hold.ack());
            true
        }
        None => false,
    }
}

/// Hears what an instance says on the cancel exchange, or answers us.
pub(crate) fn hear(taken: &Arc<Taken>, session: &Arc<Session>, heard: &Delivered) {
    let text = |text: &Option<ShortString>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    let (kind, ask) = (text(heard.properties.kind()), text(heard.properties.correlation_id()));
    let body = String::from_utf8_lossy(&heard.data).into_owned();
    match kind.as_str() {
        ANSWER => {
            if let Some((ours, answers)) = &taken.book().answers
                && *ours == ask
            {
                let _ = answers.send(body);
            }
        }
        ASK | STOP => {
            let reply_to = text(heard.properties.reply_to());
            let (taken, session, stop) = (taken.clone(), session.clone(), kind == STOP);
            tokio::spawn(async move {
                let answer = if stop {
                    if !stop_here(&taken, &body) {
                        return; // it is another's
                    }
                    body
                } else {
                    wait_for_moves(&taken, &body).await;
                    taken.book().correlated(&body).join("\n")
                };
                let properties =
                    BasicProperties::default().with_type(ANSWER.into()).with_correlation_id(ask.into());
                let _ = session.send("", &reply_to, false, answer.into_bytes().into(), properties).await;
            });
        }
        _ => {}
    }
}

/// Waits until what is on its way to our queue is there.
async fn wait_for_moves(taken: &Taken, correlation: &str) {
    let moved = async {
        while taken.book().is_moving(correlation) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = tokio::time::timeout(MOVING, moved).await;
}
