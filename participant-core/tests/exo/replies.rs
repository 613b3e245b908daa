//! A reply, its way to the other side, and the ack of its workitem.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use participant_core::delivery::Receipt;
use participant_core::testing::Memory;
use participant_core::{
    Delivery, ENGINE_QUEUE, Exo, Intake, Message, Transport, TransportError, async_trait,
};
use serde_json::json;

use crate::{Obedient, item, start};

/// Refuses the first few messages to the engine.
struct Flaky {
    memory: Memory,
    refusals: AtomicU32,
}

#[async_trait]
impl Transport for Flaky {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.memory.take(queue).await
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        let refuse = |left: u32| left.checked_sub(1);
        if self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, refuse).is_ok() {
            return Err(TransportError::new("publish", "the broker is away"));
        }
        self.memory.publish(message).await
    }
}

#[tokio::test]
async fn a_reply_is_kept_until_the_other_side_has_it() {
    let memory = Memory::default();
    let flaky = Arc::new(Flaky { memory: memory.clone(), refusals: 2.into() });
    let exo = Exo::new("p", Arc::new(Obedient), flaky, Arc::new(memory.clone()));
    memory.publish(&Message { queue: "p".into(), body: item(&json!({})), id: None }).await.unwrap();
    let (worker, stop) = start(exo);
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(5), engine.next()).await.expect("a reply").is_ok());
    stop.cancel();
    worker.await.unwrap().unwrap();
    assert!(memory.drain("p").is_empty(), "acked after the reply was safe");
}

/// Has one message, and notes what happens to it and to its reply.
#[derive(Clone, Default)]
struct Noted(Arc<std::sync::Mutex<Vec<&'static str>>>);

impl Noted {
    fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }
}

#[async_trait]
impl Transport for Noted {
    async fn take(&self, _queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        Ok(Box::new(OneMessage(Some(self.clone()))))
    }

    async fn publish(&self, _message: &Message) -> Result<(), TransportError> {
        self.note("sends the reply");
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.note("the reply is safe");
        Ok(())
    }
}

struct OneMessage(Option<Noted>);

#[async_trait]
impl Intake for OneMessage {
    async fn next(&mut self) -> Result<Delivery, TransportError> {
        match self.0.take() {
            Some(noted) => Ok(Delivery::new(item(&json!({})), Box::new(noted))),
            None => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Receipt for Noted {
    async fn ack(self: Box<Self>) -> Result<(), TransportError> {
        self.note("acks");
        Ok(())
    }

    async fn hand_back(self: Box<Self>) -> Result<(), TransportError> {
        unreachable!("nobody stops it")
    }

    async fn set_aside(self: Box<Self>, reason: &str) -> Result<(), TransportError> {
        unreachable!("it is a workitem: {reason}")
    }
}

#[tokio::test]
async fn a_workitem_is_acked_only_when_its_reply_is_safe() {
    let noted = Noted::default();
    let memory = Arc::new(Memory::default());
    let exo = Exo::new("p", Arc::new(Obedient), Arc::new(noted.clone()), memory);
    let (worker, stop) = start(exo);
    while noted.0.lock().unwrap().len() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    worker.await.unwrap().unwrap();
    assert_eq!(*noted.0.lock().unwrap(), ["sends the reply", "the reply is safe", "acks"]);
}

/// Holds every message to the engine until so many are under way.
struct Slow {
    memory: Memory,
    together: tokio::sync::Barrier,
}

#[async_trait]
impl Transport for Slow {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.memory.take(queue).await
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        self.together.wait().await;
        self.memory.publish(message).await
    }
}

#[tokio::test]
async fn a_worker_does_not_wait_for_its_answers_to_arrive() {
    let memory = Memory::default();
    let slow = Arc::new(Slow { memory: memory.clone(), together: tokio::sync::Barrier::new(20) });
    let exo = Exo::new("p", Arc::new(Obedient), slow, Arc::new(memory.clone())); // one job at a time
    for _ in 0..20 {
        memory.publish(&Message { queue: "p".into(), body: item(&json!({})), id: None }).await.unwrap();
    }
    let (worker, stop) = start(exo);
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();
    for _ in 0..20 {
        assert!(tokio::time::timeout(Duration::from_secs(5), engine.next()).await.expect("a reply").is_ok());
    }
    stop.cancel();
    worker.await.unwrap().unwrap();
}
