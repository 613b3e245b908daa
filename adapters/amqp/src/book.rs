//! What this process knows of the messages of one queue.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Instant;

use participant_core::Workitem;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::cancel::Case;
use crate::desk::Desk;
use crate::doubt::Doubts;
use crate::held::{Arrival, Hold, Running};
use crate::names::Item;

/// How many settled messages are remembered: more than can be under way at once.
const REMEMBERED: usize = 10_000;

pub(crate) struct Book {
    pub(crate) desk: Desk<Arrival>,
    pub(crate) running: HashMap<u64, Arc<Running>>,
    /// On their way to our queue, with their correlation ids.
    pub(crate) moving: HashMap<String, String>,
    /// Copies of leases we wait for.
    pub(crate) copies: HashMap<String, oneshot::Sender<Hold>>,
    /// Where answers to the question with this id go.
    pub(crate) answers: Option<(String, UnboundedSender<String>)>,
    /// The cancels nobody has dealt with yet.
    pub(crate) docket: Vec<Case>,
    pub(crate) doubts: Doubts,
    settled: Settled,
    last: u64,
}

/// What a message is to us.
pub(crate) enum Known {
    New,
    /// Its job runs here.
    Running(Arc<Running>),
    /// Its job ended here; the broker did not hear it.
    Settled,
}

impl Book {
    pub(crate) fn new(now: Instant) -> Book {
        Book {
            desk: Desk::new(now),
            running: HashMap::new(),
            moving: HashMap::new(),
            copies: HashMap::new(),
            answers: None,
            docket: Vec::new(),
            doubts: Doubts::default(),
            settled: Settled::default(),
            last: 0,
        }
    }

    /// Tells whether a message repeats one we know. Only what may have been delivered before is compared: the engine
    /// may well send the same text twice and mean it.
    pub(crate) fn known(&self, item: &Item) -> Known {
        if !item.repeat || !is_attempt(&item.body) {
            return Known::New;
        }
        // the broker changes nothing: the same attempt is the same text
        let same = |running: &&Arc<Running>| running.item.body == item.body;
        match self.running.values().find(same) {
            Some(running) => Known::Running(running.clone()),
            None if self.settled.contains(&item.body) => Known::Settled,
            None => Known::New,
        }
    }

    /// Notes that a job runs.
    pub(crate) fn start(&mut self, running: Arc<Running>) -> u64 {
        self.last += 1;
        self.running.insert(self.last, running);
        self.last
    }

    /// Notes that a job ended and its message must not start another.
    pub(crate) fn settle(&mut self, job: u64) {
        if let Some(running) = self.running.remove(&job) {
            self.settled.insert(&running.item.body);
        }
    }

    /// Returns the ids of the messages with this correlation id that run or wait here.
    pub(crate) fn correlated(&self, correlation: &str) -> Vec<String> {
        let running = self.running.values().map(|running| &running.item);
        let waiting = self.desk.waiting().map(|arrival| &arrival.item);
        let fits = |item: &&Arc<Item>| item.correlation() == Some(correlation);
        running.chain(waiting).filter(fits).map(|item| item.id.clone()).collect()
    }

    /// Tells whether a message with this correlation id is on its way to our queue.
    pub(crate) fn is_moving(&self, correlation: &str) -> bool {
        self.moving.values().any(|moving| moving == correlation)
    }
}

/// Tells whether a body is a workitem whose attempt can be told from any other.
fn is_attempt(body: &[u8]) -> bool {
    Workitem::parse(body).is_ok_and(|item| {
        let attempt = item.attempt();
        !attempt.fei.wfid.is_empty() && !attempt.dispatched_at.is_empty()
    })
}

/// The texts of messages that were dealt with, as fingerprints.
#[derive(Default)]
struct Settled {
    hasher: RandomState,
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Settled {
    fn insert(&mut self, body: &[u8]) {
        let print = self.hasher.hash_one(body);
        if self.known.insert(print) {
            self.order.push_back(print);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    fn contains(&self, body: &[u8]) -> bool {
        self.known.contains(&self.hasher.hash_one(body))
    }
}
