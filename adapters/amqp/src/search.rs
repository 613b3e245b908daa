//! Looks for the messages with certain correlation ids: in our queue, and at every instance.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use lapin::Acker;
use lapin::options::{BasicAckOptions, BasicGetOptions, QueueDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::cancel::{ASK, STOP};
use crate::gavel::Gavel;
use crate::intake::Taken;
use crate::names::Item;
use crate::publisher::Unsent;
use crate::session::Session;
use crate::topology::declare;

/// How long an instance may take to answer.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How much of our queue is looked through.
const BYTES: usize = 256 << 20;

/// What a search came to.
#[derive(Clone, Copy)]
pub(crate) enum Verdict {
    /// A running job was told to stop.
    Stopped,
    /// It waited and will not be started.
    TakenOut,
    /// So many fit: not one.
    Fits(usize),
    TooMuch,
}

impl Verdict {
    /// Nobody was found to be meant.
    pub(crate) fn is_doubtful(&self) -> bool {
        matches!(self, Verdict::Fits(_) | Verdict::TooMuch)
    }
}

/// Why a search did not come to an end: the session broke.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stuck {
    #[error("{0}")]
    Broker(#[from] lapin::Error),
    #[error("the other instances cannot be asked")]
    Unsent,
}

impl From<Unsent> for Stuck {
    fn from(_: Unsent) -> Stuck {
        Stuck::Unsent
    }
}

/// Searches for the messages with these correlation ids, and acts; the verdicts come in the same order.
///
/// A message that gets away from under us is searched for again.
pub(crate) async fn search(
    taken: &Arc<Taken>,
    session: &Arc<Session>,
    ear: &ShortString,
    wanted: &[String],
) -> Result<Vec<Verdict>, Stuck> {
    let gavel = Gavel::take(taken, session).await?;
    let mut verdicts = HashMap::new();
    for _ in 0..3 {
        let open: Vec<&str> =
            wanted.iter().map(String::as_str).filter(|id| !verdicts.contains_key(*id)).collect();
        if open.is_empty() {
            break;
        }
        let search = Search { taken, session, ear, wanted: &open, channel: session.channel().await? };
        let found = search.once().await;
        let _ = search.channel.close(200, "done".into()).await; // what we hold goes back to its place
        verdicts.extend(found?);
    }
    gavel.give_back().await;
    Ok(wanted.iter().map(|id| verdicts.get(id.as_str()).copied().unwrap_or(Verdict::Fits(0))).collect())
}

struct Search<'s, 'a> {
    taken: &'s Arc<Taken>,
    session: &'s Arc<Session>,
    ear: &'s ShortString,
    wanted: &'s [&'a str],
    channel: Channel,
}

/// The messages of our queue with the right correlation ids: for each the messages, by their ids.
type Waiting = HashMap<String, Vec<(String, Acker)>>;

impl<'a> Search<'_, 'a> {
    /// Looks through the queue, asks, looks again for what was moved meanwhile. Without a verdict is what got away.
    async fn once(&self) -> Result<HashMap<&'a str, Verdict>, Stuck> {
        let mut waiting = Waiting::new();
        let mut whole = self.look_through(&mut waiting).await?;
        let question = serde_json::to_string(self.wanted).expect("texts");
        let running = read_answers(&self.ask(ASK, &question, None).await?);
        whole = whole && self.look_through(&mut waiting).await?;
        let nothing = Vec::new();
        let mut verdicts = HashMap::new();
        let mut to_stop = Vec::new();
        for correlation in self.wanted {
            let waits = waiting.get(*correlation).unwrap_or(&nothing);
            let runs: HashSet<&str> =
                running.get(*correlation).into_iter().flatten().map(String::as_str).collect();
            let all: HashSet<&str> =
                runs.iter().copied().chain(waits.iter().map(|(id, _)| id.as_str())).collect();
            match (all.len(), waits.first()) {
                (1, Some((_, acker))) if whole => {
                    acker.ack(BasicAckOptions::default()).await?;
                    verdicts.insert(*correlation, Verdict::TakenOut);
                }
                // also when the queue is too long to look for another one there: this one runs
                (1, None) => to_stop.extend(all.into_iter().map(|id| (*correlation, id.to_owned()))),
                (0 | 1, _) if !whole => drop(verdicts.insert(*correlation, Verdict::TooMuch)),
                (many, _) => drop(verdicts.insert(*correlation, Verdict::Fits(many))),
            }
        }
        // whoever stops takes the next message: only now, when what was to be taken out is gone
        for (correlation, id) in to_stop {
            if !self.ask(STOP, &id, Some(1)).await?.is_empty() {
                verdicts.insert(correlation, Verdict::Stopped);
            }
        }
        Ok(verdicts)
    }

    /// Takes, and holds, every message of our queue, so that nobody starts one while we decide; false when there are
    /// too many.
    async fn look_through(&self, found: &mut Waiting) -> Result<bool, Stuck> {
        let (mut messages, mut bytes) = (0, 0);
        let work = ShortString::from(self.taken.names.work.as_str());
        while let Some(mut got) = self.channel.basic_get(work.clone(), BasicGetOptions::default()).await? {
            (messages, bytes) = (messages + 1, bytes + got.delivery.data.len());
            if messages > self.session.settings.looks_through || bytes > BYTES {
                return Ok(false);
            }
            let item = Item::new(&mut got.delivery);
            if let Some(wanted) = self.wanted.iter().find(|id| item.correlation() == Some(id)) {
                let fitting = found.entry((*wanted).to_owned()).or_default();
                fitting.push((item.id, got.delivery.acker.clone()));
            }
        }
        Ok(true)
    }

    /// Says something to all instances and collects what they answer.
    async fn ask(&self, kind: &str, body: &str, expected: Option<usize>) -> Result<Vec<String>, Stuck> {
        let expected = match expected {
            Some(expected) => expected,
            // every instance consumes the SkyNET queue once; others, that do not answer, cost us some patience
            None => {
                let there = QueueDeclareOptions::durable().passive();
                let queue =
                    declare(self.session, &self.taken.names.skynet, there, FieldTable::default()).await?;
                queue.consumer_count() as usize
            }
        };
        let (sender, mut answers) = mpsc::unbounded_channel();
        let id = Uuid::new_v4().simple().to_string();
        self.taken.book().answers = Some((id.clone(), sender));
        let properties = BasicProperties::default()
            .with_type(kind.into())
            .with_correlation_id(id.into())
            .with_reply_to(self.ear.clone());
        self.session
            .send(&self.taken.names.cancel, "", false, body.as_bytes().to_vec().into(), properties)
            .await?;
        let mut heard = Vec::new();
        let collect = async {
            while heard.len() < expected
                && let Some(answer) = answers.recv().await
            {
                heard.push(answer);
            }
        };
        let _ = tokio::time::timeout(PATIENCE, collect).await;
        self.taken.book().answers = None;
        Ok(heard)
    }
}

/// Puts together what the instances know: for each correlation id the ids of the messages that run or wait there.
fn read_answers(answers: &[String]) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for answer in answers {
        let known: HashMap<String, Vec<String>> = serde_json::from_str(answer).unwrap_or_default();
        known.into_iter().for_each(|(correlation, ids)| all.entry(correlation).or_default().extend(ids));
    }
    all
}
