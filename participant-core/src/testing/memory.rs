//! A transport that lives in memory.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::ENGINE_QUEUE;
use crate::delivery::{Delivery, Receipt};
use crate::launcher::{Launch, LaunchError, Launcher};
use crate::transport::{Intake, Message, Transport, TransportError};

/// Queues in memory; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    queues: HashMap<String, VecDeque<Held>>,
    seen: HashSet<(String, String)>,
    aside: Vec<(Vec<u8>, String)>,
}

#[derive(Clone, Debug)]
struct Held {
    body: Vec<u8>,
    id: Option<String>,
    redelivered: bool,
}

impl Memory {
    /// Returns and removes the message bodies that wait on a queue.
    pub fn drain(&self, queue: &str) -> Vec<Vec<u8>> {
        let waiting = self.lock().queues.remove(queue).unwrap_or_default();
        waiting.into_iter().map(|held| held.body).collect()
    }

    /// Returns the bodies that were set aside, with the reasons.
    pub fn aside(&self) -> Vec<(Vec<u8>, String)> {
        self.lock().aside.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Memory {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        Ok(Box::new(Taking { memory: self.clone(), queue: queue.to_owned() }))
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        let mut state = self.lock();
        if let Some(id) = &message.id
            && !state.seen.insert((message.queue.clone(), id.clone()))
        {
            return Ok(());
        }
        let held = Held { body: message.body.clone(), id: message.id.clone(), redelivered: false };
        state.queues.entry(message.queue.clone()).or_default().push_back(held);
        self.0.changed.notify_waiters();
        Ok(())
    }
}

#[async_trait]
impl Launcher for Memory {
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        let message = Message { queue: ENGINE_QUEUE.into(), body: launch.body(), id: launch.id.clone() };
        self.publish(&message).await.map_err(|error| LaunchError(Box::new(error)))
    }
}

struct Taking {
    memory: Memory,
    queue: String,
}

#[async_trait]
impl Intake for Taking {
    async fn next(&mut self) -> Result<Delivery, TransportError> {
        loop {
            let changed = self.memory.0.changed.notified();
            let held = self.memory.lock().queues.get_mut(&self.queue).and_then(VecDeque::pop_front);
            if let Some(held) = held {
                let kept =
                    Kept { memory: self.memory.clone(), queue: self.queue.clone(), held: Some(held.clone()) };
                let mut delivery = Delivery::new(held.body, Box::new(kept));
                delivery.message_id = held.id;
                delivery.redelivered = held.redelivered;
                return Ok(delivery);
            }
            changed.await;
        }
    }
}

/// A message out for delivery; goes back to the front of its queue when nobody settles it.
struct Kept {
    memory: Memory,
    queue: String,
    held: Option<Held>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(mut held) = self.held.take() {
            held.redelivered = true;
            self.memory.lock().queues.entry(self.queue.clone()).or_default().push_front(held);
            self.memory.0.changed.notify_waiters();
        }
    }
}

#[async_trait]
impl Receipt for Kept {
    async fn ack(mut self: Box<Self>) -> Result<(), TransportError> {
        self.held = None;
        Ok(())
    }

    async fn hand_back(self: Box<Self>) -> Result<(), TransportError> {
        Ok(())
    }

    async fn set_aside(mut self: Box<Self>, reason: &str) -> Result<(), TransportError> {
        if let Some(held) = self.held.take() {
            self.memory.lock().aside.push((held.body, reason.to_owned()));
        }
        Ok(())
    }
}
