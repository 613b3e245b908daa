//! Looks for the one message with a correlation id: in our queue, and at every instance.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use lapin::Acker;
use lapin::options::{BasicAckOptions, BasicGetOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::cancel::{ASK, STOP};
use crate::intake::Taken;
use crate::names::Item;
use crate::publisher::Unsent;
use crate::session::Session;
use crate::topology::declare;
use crate::trouble::broker_says;

/// How long an instance may take to answer.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How much of our queue is looked through.
const MESSAGES: usize = 10_000;
const BYTES: usize = 256 << 20;

/// What a search came to.
pub(crate) enum Verdict {
    /// A running job was told to stop.
    Stopped,
    /// It waited and will not be started.
    TakenOut,
    /// So many fit: not one.
    Fits(usize),
    TooMuch,
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

/// Searches and acts. A message that gets away from under us is searched for again.
pub(crate) async fn search(
    taken: &Arc<Taken>,
    session: &Arc<Session>,
    ear: &ShortString,
    correlation: &str,
) -> Result<Verdict, Stuck> {
    let gavel = take_gavel(taken, session).await?;
    let mut verdict = Verdict::Fits(0);
    for _ in 0..3 {
        let search = Search { taken, session, ear, correlation, channel: session.channel().await? };
        let found = search.once().await;
        let _ = search.channel.close(200, "done".into()).await; // what we hold goes back to its place
        match found? {
            Some(found) => {
                verdict = found;
                break;
            }
            None => continue,
        }
    }
    gavel.give_back().await;
    Ok(verdict)
}

/// The right to search; it goes with the connection that has it.
struct Gavel {
    channel: Channel,
    queue: ShortString,
}

impl Gavel {
    async fn give_back(self) {
        let _ = self.channel.queue_delete(self.queue, QueueDeleteOptions::default()).await;
        let _ = self.channel.close(200, "done".into()).await;
    }
}

/// Waits until no other instance searches: two at a time would hide messages from each other.
async fn take_gavel(taken: &Taken, session: &Session) -> Result<Gavel, Stuck> {
    let queue = ShortString::from(format!("{}.gavel", taken.names.cancel));
    let exclusive = QueueDeclareOptions { exclusive: true, ..Default::default() };
    loop {
        let channel = session.channel().await?;
        match channel.queue_declare(queue.clone(), exclusive, FieldTable::default()).await {
            Ok(_) => return Ok(Gavel { channel, queue }),
            Err(error) if matches!(broker_says(&error), Some((405, _))) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

struct Search<'a> {
    taken: &'a Arc<Taken>,
    session: &'a Arc<Session>,
    ear: &'a ShortString,
    correlation: &'a str,
    channel: Channel,
}

/// A message of our queue with the right correlation id.
type Waiting = (String, Acker);

impl Search<'_> {
    /// Looks through the queue, asks, looks again for what was moved meanwhile; `None` when it got away.
    async fn once(&self) -> Result<Option<Verdict>, Stuck> {
        let Some(mut waiting) = self.look_through().await? else { return Ok(Some(Verdict::TooMuch)) };
        let running = self.ask(ASK, self.correlation, None).await?;
        let Some(more) = self.look_through().await? else { return Ok(Some(Verdict::TooMuch)) };
        waiting.extend(more);
        let running: HashSet<&str> = running.iter().flat_map(|answer| answer.lines()).collect();
        let all: HashSet<&str> =
            running.iter().copied().chain(waiting.iter().map(|(id, _)| id.as_str())).collect();
        match (all.len(), waiting.as_slice()) {
            (1, [(_, acker), ..]) => {
                acker.ack(BasicAckOptions::default()).await?;
                Ok(Some(Verdict::TakenOut))
            }
            (1, []) => {
                let id = running.into_iter().next().expect("there is one");
                let stopped = self.ask(STOP, id, Some(1)).await?;
                Ok((!stopped.is_empty()).then_some(Verdict::Stopped))
            }
            (many, _) => Ok(Some(Verdict::Fits(many))),
        }
    }

    /// Takes, and holds, every message of our queue, so that nobody starts one while we decide.
    async fn look_through(&self) -> Result<Option<Vec<Waiting>>, Stuck> {
        let (mut fitting, mut messages, mut bytes) = (Vec::new(), 0, 0);
        let work = ShortString::from(self.taken.names.work.as_str());
        while let Some(mut got) = self.channel.basic_get(work.clone(), BasicGetOptions::default()).await? {
            (messages, bytes) = (messages + 1, bytes + got.delivery.data.len());
            if messages > MESSAGES || bytes > BYTES {
                return Ok(None);
            }
            let item = Item::new(&mut got.delivery);
            if item.correlation() == Some(self.correlation) {
                fitting.push((item.id, got.delivery.acker.clone()));
            }
        }
        Ok(Some(fitting))
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
