//! What the log says about what participants do.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use participant_core::testing::Memory;
use participant_core::{
    CancellationToken, ENGINE_QUEUE, Exo, Failure, Intake, Job, Message, Outcome, Participant, Transport,
    TransportError, Workitem, async_trait,
};

/// Says something to the next participant, in the one field where the engine takes it for the whole message.
struct Talkative;

#[async_trait]
impl Participant for Talkative {
    async fn handle_wi(&self, _item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        Ok(Outcome::done().set("message", "hello"))
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A transport that is away when the first reply is sent.
struct Flaky(Memory, AtomicBool);

#[async_trait]
impl Transport for Flaky {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.0.take(queue).await
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        if self.1.swap(false, Ordering::Relaxed) {
            return Err(TransportError::new("publish", "the broker is away"));
        }
        self.0.publish(message).await
    }
}

/// Runs a participant on these messages until it has answered once; returns the log.
async fn log_of(bodies: &[&[u8]], flaky: bool) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let memory = Memory::default();
    for body in bodies {
        memory.publish(&Message { queue: "p".into(), body: body.to_vec(), id: None }).await.unwrap();
    }
    let rabbit = Arc::new(Flaky(memory.clone(), flaky.into()));
    let exo = Exo::new("p", Arc::new(Talkative), rabbit, Arc::new(memory.clone()));
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();
    tokio::select! {
        reply = engine.next() => drop(reply.unwrap()),
        ended = exo.run(CancellationToken::new()) => ended.unwrap(),
    }
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn a_participant_that_hijacks_delivery_is_warned_of_and_a_message_set_aside_is_explained() {
    let said = log_of(&[b"\xff", b"{\"fei\":{\"wfid\":\"w1\"},\"fields\":{}}"], false).await;
    for words in
        ["the field `message` changes how the engine delivers", "is not a JSON object: invalid utf-8"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[tokio::test]
async fn what_is_logged_until_a_workitem_is_settled_names_its_process() {
    let said = log_of(&[b"{\"fei\":{\"wfid\":\"w1\"},\"fields\":{}}"], true).await;
    assert!(said.contains("the reply is kept and sent again"), "{said}");
    assert!(said.lines().count() >= 2, "{said}");
    for line in said.lines() {
        assert!(line.contains("job{wfid=\"w1\"}: "), "{line}");
    }
}
