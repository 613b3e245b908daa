//! Stops the jobs nobody waits for, after a cancel that does not say whom it means.
//!
//! The engine publishes a cancel first and removes the step a moment later, when its worker wakes up; so each instance asks
//! the viewer about each of its jobs several times over some seconds. What waits is asked about soon after it starts.
//!
//! Nobody is stopped for what is normal: a forgotten step is gone at once by design, and a viewer of another engine knows
//! none of ours. A reminder (`:timers`), `:flank` and `:lose` are steps of their own that last until answered or cancelled.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use lapin::BasicProperties;
use lapin::types::ShortString;
use participant_core::{Fei, Workitem};
use serde_json::Value;
use tokio::time::{sleep, timeout};
use tracing::info;

use crate::held::Running;
use crate::intake::Taken;
use crate::session::Session;

/// What instances say to each other about it: the type of a message on the cancel exchange.
pub(crate) const DOUBT: &str = "doubt";

/// The pauses before we ask, and ask again, in milliseconds: together longer than the engine's worker ever sleeps, which is 5 s.
const PAUSES: [u64; 5] = [250, 500, 750, 1500, 3000];
/// A job that runs this long after it started is worth a question.
const BEGUN: Duration = Duration::from_secs(1);
/// A step that is still waited for after this time is not forgotten by its registration either.
const LASTING: Duration = Duration::from_secs(6);
/// How long a cancel is in doubt: what waits longer than this before it starts is not asked about.
const OPEN: Duration = Duration::from_secs(600);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many questions are asked at a time.
pub(crate) const AT_A_TIME: usize = 4;

/// What is known of the cancels nobody could attribute.
#[derive(Default)]
pub(crate) struct Doubts {
    raised: u64,
    /// When the last one was raised.
    last: Option<Instant>,
    /// Somebody asks already.
    asking: bool,
    /// The participants of which the viewer knew a step that lasts: of these, a missing one says something.
    waited_for: HashSet<String>,
}

/// Lets all instances ask the viewer about their jobs; without one nothing happens.
pub(crate) async fn tell_all(taken: &Arc<Taken>, session: &Session, ear: Option<&ShortString>) {
    if taken.link.settings.viewer.is_none() {
        return;
    }
    match ear {
        Some(_) => {
            let properties = BasicProperties::default().with_type(DOUBT.into());
            // when that fails the session is over, and the cancel comes again
            let _ = session.send(&taken.names.cancel, "", false, Arc::default(), properties).await;
        }
        None => raise(taken),
    }
}

/// Begins to ask; doubts that come meanwhile share one more round.
pub(crate) fn raise(taken: &Arc<Taken>) {
    if taken.link.settings.viewer.is_none() {
        return;
    }
    let mut book = taken.book();
    book.doubts.raised += 1;
    book.doubts.last = Some(Instant::now());
    if !std::mem::replace(&mut book.doubts.asking, true) {
        tokio::spawn(ask_around(taken.clone()));
    }
}

async fn ask_around(taken: Arc<Taken>) {
    loop {
        let raised = taken.book().doubts.raised;
        for pause in PAUSES.map(Duration::from_millis) {
            sleep(pause).await;
            let running: Vec<_> = taken.book().running.values().cloned().collect();
            join_all(running.iter().map(|running| ask(&taken, running))).await;
        }
        let doubts = &mut taken.book().doubts;
        if doubts.raised == raised {
            doubts.asking = false;
            return;
        }
    }
}

/// Asks about a job that just started: it may have waited here since before a cancel was in doubt. A job that lasts shows
/// whether the viewer can be believed.
pub(crate) fn look_after(taken: &Arc<Taken>, running: &Arc<Running>) {
    if taken.link.settings.viewer.is_none() {
        return;
    }
    let (taken, running) = (Arc::downgrade(taken), Arc::downgrade(running)); // most jobs end before
    tokio::spawn(async move {
        for pause in [BEGUN, LASTING.saturating_sub(BEGUN)] {
            sleep(pause).await;
            let (Some(taken), Some(running)) = (taken.upgrade(), running.upgrade()) else { return };
            let lasts = running.since.elapsed() >= LASTING;
            if lasts || taken.book().doubts.are_open() {
                ask(&taken, &running).await;
            }
        }
    });
}

/// Asks the viewer about one job, and stops it when the engine does not wait for it.
async fn ask(taken: &Taken, running: &Running) {
    let Some(viewer) = &taken.link.settings.viewer else { return };
    let Some(step) = Step::waited_for(&running.item.body) else { return };
    if taken.book().doubts.has_nothing_to_learn(&step) {
        return;
    }
    let asked = async {
        let _turn = taken.turns.acquire().await.ok()?;
        viewer.waits_for(&step.fei).await
    };
    let answer = timeout(PATIENCE, asked).await.ok().flatten();
    let doubts = &mut taken.book().doubts;
    match answer {
        Some(true) if running.since.elapsed() >= LASTING => drop(doubts.waited_for.insert(step.participant)),
        Some(false) if doubts.are_open() && !running.cancelled.is_cancelled() => {
            let (queue, fei) = (&taken.names.skynet, step.fei);
            if doubts.waited_for.contains(&step.participant) {
                info!("cancelled a job on {queue}: the engine does not wait for {fei} any longer");
                running.cancelled.cancel();
            } else {
                info!(
                    "the viewer does not know {fei}, which runs on {queue}, nor knew any before: it goes on"
                );
            }
        }
        _ => {}
    }
}

impl Doubts {
    /// A cancel may still mean what runs, or what waited and started since.
    fn are_open(&self) -> bool {
        self.last.is_some_and(|last| last.elapsed() < OPEN)
    }

    /// Nothing is cancelled, and the viewer was right before.
    fn has_nothing_to_learn(&self, step: &Step) -> bool {
        !self.are_open() && self.waited_for.contains(&step.participant)
    }
}

/// A step the engine waits for until it is answered or cancelled.
struct Step {
    fei: Fei,
    participant: String,
}

impl Step {
    fn waited_for(body: &[u8]) -> Option<Step> {
        let item = Workitem::parse(body).ok()?;
        // a field of this name makes the engine go on too
        let by_field = !matches!(item.field("forget"), None | Some(Value::Null | Value::Bool(false)));
        let fei = item.fei();
        let is_whole = [&fei.expid, &fei.subid, &fei.wfid].iter().all(|part| !part.is_empty());
        (is_whole && !by_field && !item.is_forgotten())
            .then(|| Step { fei: fei.clone(), participant: item.participant_name().unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_by_design_is_not_asked_about() {
        let fei = r#"{"wfid":"w","subid":"s","expid":"0_0"}"#;
        for (fields, fei, expected) in [
            (r#"{"params":{"ref":"p"}}"#, fei, true),
            (r#"{"params":{"ref":"p","forget":false},"forget":null}"#, fei, true),
            (r#"{"params":{"ref":"p","flank":true}}"#, fei, true),
            (r#"{"params":{"ref":"p","forget":true}}"#, fei, false),
            (r#"{"params":{"ref":"p","forget":"false"}}"#, fei, false),
            (r#"{"params":{"ref":"p"},"forget":true}"#, fei, false),
            (r#"{"params":{"ref":"p"},"forget":0}"#, fei, false),
            (r#"{"params":{"ref":"p"}}"#, r#"{"wfid":"w","expid":"0"}"#, false),
        ] {
            let body = format!(r#"{{"fields":{fields},"fei":{fei},"participant_name":"p"}}"#);
            assert_eq!(Step::waited_for(body.as_bytes()).is_some(), expected, "{body}");
        }
        assert!(Step::waited_for(b"hello").is_none());
    }
}
