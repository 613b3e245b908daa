//! Deals with cancels: who is meant, and how the instances of a participant tell each other.
//!
//! The engine says whom it cancels only by the correlation id of its message. The instance that takes a cancel
//! [searches](crate::search) for what has the same; only when exactly one message fits is it stopped, or taken out of the
//! queue; otherwise it is in [doubt]. Nobody gets an answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lapin::BasicProperties;
use lapin::message::Delivery as Delivered;
use lapin::types::ShortString;
use tracing::{info, warn};

use crate::doubt::{self, DOUBT};
use crate::held::Hold;
use crate::intake::Taken;
use crate::names::Item;
use crate::search::{Verdict, search};
use crate::session::Session;
use crate::trouble::Trouble;

/// What instances say on the cancel exchange: the type of a message.
pub(crate) const ASK: &str = "ask";
pub(crate) const ANSWER: &str = "answer";
pub(crate) const STOP: &str = "stop";

/// How long a message may be on its way to our queue before we answer without it.
const MOVING: Duration = Duration::from_millis(500);

/// A cancel that is to be dealt with.
pub(crate) struct Case {
    correlation: String,
    hold: Hold,
}

/// Acts on a cancel, and on all that came meanwhile, then acks them; when the session breaks they come again.
pub(crate) async fn judge(taken: &Arc<Taken>, cancel: &Item, hold: Hold, ear: Option<ShortString>) {
    let queue = &taken.names.skynet;
    let Some(correlation) = cancel.correlation() else {
        tell_doubt(taken, "it has no correlation id");
        doubt::tell_all(taken, &hold.session, ear.as_ref()).await;
        hold.ack();
        return;
    };
    let session = hold.session.clone();
    taken.book().docket.push(Case { correlation: correlation.to_owned(), hold });
    let _one_at_a_time = taken.court.lock().await;
    let cases = std::mem::take(&mut taken.book().docket);
    let wanted: Vec<_> = cases.iter().map(|case| case.correlation.clone()).collect();
    let verdicts = match &ear {
        _ if cases.is_empty() => return, // somebody before us dealt with ours
        Some(ear) => search(taken, &session, ear, &wanted).await,
        None => Ok(wanted.iter().map(|correlation| judge_here(taken, correlation)).collect()),
    };
    match verdicts {
        // in a new session they come again
        Err(stuck) => session.fail(Trouble(format!("cannot deal with a cancel on {queue} now: {stuck}"))),
        Ok(verdicts) => {
            if verdicts.iter().any(Verdict::is_doubtful) {
                doubt::tell_all(taken, &session, ear.as_ref()).await;
            }
            for (case, verdict) in cases.into_iter().zip(verdicts) {
                tell(taken, &case.correlation, verdict);
                case.hold.ack();
            }
        }
    }
}

/// Writes to the log what became of a cancel.
fn tell(taken: &Taken, correlation: &str, verdict: Verdict) {
    let queue = &taken.names.skynet;
    match verdict {
        Verdict::Stopped => info!("cancelled the job on {queue} with the correlation id `{correlation}`"),
        Verdict::TakenOut => {
            info!("a cancelled workitem on {queue} is not started (correlation id `{correlation}`)");
        }
        Verdict::Fits(0) => {
            tell_doubt(taken, &format!("nothing runs or waits with the correlation id `{correlation}`"));
        }
        Verdict::Fits(many) => {
            tell_doubt(taken, &format!("{many} workitems have the correlation id `{correlation}`"));
        }
        Verdict::TooMuch => {
            tell_doubt(taken, &format!("too much waits in {} to look through", taken.names.work));
        }
    }
}

/// Writes to the log what becomes of a cancel that does not say whom it means.
fn tell_doubt(taken: &Taken, why: &str) {
    let queue = &taken.names.skynet;
    match &taken.link.settings.viewer {
        Some(_) => info!("a cancel on {queue}: {why}; the viewer is asked whom the engine does not wait for"),
        None => warn!(
            "a cancel on {queue} cancels nothing: {why}; `:correlation_id => …` in the step would help, or [boss] viewer"
        ),
    }
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
            arrival.hold.ack();
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
        DOUBT => doubt::raise(taken),
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
                    let wanted: Vec<String> = serde_json::from_str(&body).unwrap_or_default();
                    wait_for_moves(&taken, &wanted).await;
                    let book = taken.book();
                    let known: HashMap<_, _> = wanted.iter().map(|id| (id, book.correlated(id))).collect();
                    serde_json::to_string(&known).expect("texts")
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
async fn wait_for_moves(taken: &Taken, wanted: &[String]) {
    let is_moving = || {
        let book = taken.book();
        wanted.iter().any(|correlation| book.is_moving(correlation))
    };
    let moved = async {
        while is_moving() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = tokio::time::timeout(MOVING, moved).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use crate::settings::Settings;

    #[tokio::test]
    async fn who_is_asked_waits_for_what_is_on_its_way() {
        let nowhere = Link::new(Settings::new("localhost", "", "", "").port(1));
        let taken = Arc::new(Taken::new("p", Arc::new(nowhere)));
        taken.book().moving.insert("message".into(), "image-1".into());
        let asked = |id: &str| {
            let (taken, wanted) = (taken.clone(), [id.to_owned()]);
            tokio::spawn(async move { wait_for_moves(&taken, &wanted).await })
        };
        let (ours, other) = (asked("image-1"), asked("image-2"));
        tokio::time::sleep(MOVING / 10).await;
        assert!(other.is_finished() && !ours.is_finished());

        taken.book().moving.clear();

        tokio::time::timeout(MOVING / 2, ours).await.expect("soon").unwrap();
    }
}
