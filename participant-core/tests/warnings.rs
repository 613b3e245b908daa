//! What the log says about what participants do.

use std::io::Write;
use std::sync::{Arc, Mutex};

use participant_core::testing::Memory;
use participant_core::{
    CancellationToken, ENGINE_QUEUE, Exo, Failure, Job, Message, Outcome, Participant, Transport, Workitem,
    async_trait,
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

#[tokio::test]
async fn a_participant_that_hijacks_delivery_is_warned_of_and_a_message_set_aside_is_explained() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let memory = Memory::default();
    for body in [&b"\xff"[..], b"{\"fei\":{\"wfid\":\"w1\"},\"fields\":{}}"] {
        memory.publish(&Message { queue: "p".into(), body: body.into(), id: None }).await.unwrap();
    }
    let (stop, rabbit) = (CancellationToken::new(), Arc::new(memory.clone()));
    let exo = Exo::new("p", Arc::new(Talkative), rabbit.clone(), rabbit);
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();
    tokio::select! {
        reply = engine.next() => drop(reply.unwrap()),
        ended = exo.run(stop.clone()) => ended.unwrap(),
    }
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for words in
        ["the field `message` changes how the engine delivers", "is not a JSON object: invalid utf-8"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
}
