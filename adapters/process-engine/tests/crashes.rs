//! The engine may die at any point, and any message may come again: no step is lost, none is done twice.

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Bench, answered};
use participant_core::delivery::Receipt;
use participant_core::testing::Memory;
use participant_core::{Delivery, ENGINE_QUEUE, Intake, Message, Transport, TransportError, async_trait};
use process_engine::{Engine, State};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const DEFINITION: &str = "Ruote.process_definition 'crashing' do
  sequence do
    one
    told :forget => true
    cursor :break_if => '${__result__} == false' do
      two
      three
      never
    end
    failed :if => '${__result__} == false'
  end
end";

/// A transport in front of a program that dies at one of its calls, counted from 0.
#[derive(Clone)]
struct Mortal {
    memory: Memory,
    calls: Arc<AtomicUsize>,
    dies_at: usize,
    died: Arc<Notify>,
    /// Every workitem that was sent, by its id.
    sent: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Mortal {
    /// Lives through this call, or never comes back from it.
    async fn live(&self) {
        if self.calls.fetch_add(1, Ordering::SeqCst) == self.dies_at {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Transport for Mortal {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        Ok(Box::new(MortalIntake { inner: self.memory.take(queue).await?, mortal: self.clone() }))
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        self.live().await;
        let body = String::from_utf8(message.body.clone()).unwrap();
        let id = message.id.clone().unwrap();
        if let Some(before) = self.sent.lock().unwrap().insert(id.clone(), body.clone()) {
            assert_eq!(before, body, "one id, one text");
        }
        self.memory.publish(message).await?;
        self.live().await;
        Ok(())
    }
}

struct MortalIntake {
    inner: Box<dyn Intake>,
    mortal: Mortal,
}

#[async_trait]
impl Intake for MortalIntake {
    async fn next(&mut self) -> Result<Delivery, TransportError> {
        let delivery = self.inner.next().await?;
        let (body, message_id) = (delivery.body.clone(), delivery.message_id.clone());
        let receipt = MortalReceipt { inner: delivery, mortal: self.mortal.clone() };
        let mut delivery = Delivery::new(body, Box::new(receipt));
        delivery.message_id = message_id;
        Ok(delivery)
    }
}

struct MortalReceipt {
    inner: Delivery,
    mortal: Mortal,
}

#[async_trait]
impl Receipt for MortalReceipt {
    async fn ack(self: Box<Self>) -> Result<(), TransportError> {
        self.mortal.live().await;
        self.inner.ack().await?;
        self.mortal.live().await;
        Ok(())
    }

    async fn hand_back(self: Box<Self>) -> Result<(), TransportError> {
        self.inner.hand_back().await
    }

    async fn set_aside(self: Box<Self>, reason: &str) -> Result<(), TransportError> {
        self.inner.set_aside(reason).await
    }
}

/// Answers every workitem of a queue, and every answer twice.
fn participant(memory: &Memory, queue: &'static str, result: bool, stop: &CancellationToken) {
    let (memory, stop) = (memory.clone(), stop.clone());
    tokio::spawn(async move {
        let mut intake = memory.take(queue).await.unwrap();
        while let Some(Ok(delivery)) = stop.run_until_cancelled(intake.next()).await {
            let item = String::from_utf8(delivery.body.clone()).unwrap();
            for id in [format!("reply {item}"), format!("reply again {item}")] {
                let body = answered(&item, result).into();
                memory.publish(&Message { queue: ENGINE_QUEUE.into(), body, id: Some(id) }).await.unwrap();
            }
            delivery.ack().await.unwrap();
        }
    });
}

/// Runs one process on engines that die at the given call of their transport, at every step anew; returns how often.
async fn run(dies_at: usize, again: bool) -> usize {
    let bench = Bench::idle().await;
    let stop = CancellationToken::new();
    let participants =
        [("one", true), ("told", true), ("two", true), ("three", false), ("failed", true), ("never", true)];
    for (queue, result) in participants {
        participant(&bench.memory, queue, result, &stop);
    }
    bench.launch("launch", DEFINITION, &json!({ "a": 1 })).await;
    let sent = Arc::new(Mutex::new(BTreeMap::new()));
    let mut deaths = 0;
    loop {
        let mortal = Mortal {
            memory: bench.memory.clone(),
            calls: Arc::default(),
            dies_at: if again || deaths == 0 { dies_at } else { usize::MAX },
            died: Arc::default(),
            sent: sent.clone(),
        };
        let engine = Engine::open(&bench.database()).await.unwrap();
        let died = mortal.died.clone();
        let serving = engine.serve(Arc::new(mortal), CancellationToken::new());
        let quiet = async {
            engine.ended("launch").await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await; // for the answers nobody waits for
        };
        tokio::select! {
            served = serving => served.unwrap(),
            () = died.notified() => deaths += 1,
            () = quiet => break,
        }
        assert!(deaths < 100, "it never gets on");
    }
    stop.cancel();
    let process = bench.engine.process("launch").await.unwrap().unwrap();
    assert!(matches!(process.state, State::Ended { .. }), "{process:?}");
    assert_eq!(bench.engine.processes(10).await.unwrap().len(), 1);
    let mut names: Vec<String> = sent
        .lock()
        .unwrap()
        .values()
        .map(|body| {
            serde_json::from_str::<Value>(body).unwrap()["participant_name"].as_str().unwrap().to_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["failed", "one", "three", "told", "two"], "dies at call {dies_at}");
    deaths
}

#[tokio::test]
async fn a_death_at_any_point_loses_and_doubles_nothing() {
    let mut point = 0;
    while run(point, false).await == 1 {
        point += 1;
    }
    assert!(point >= 24, "five workitems and six messages give that many points, not {point}");
}

#[tokio::test]
async fn an_engine_that_dies_all_the_time_still_gets_on() {
    for calls in 4..8 {
        assert!(run(calls, true).await > 1);
    }
}
