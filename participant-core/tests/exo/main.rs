//! The life of a participant, on a transport in memory.

mod replies;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use participant_core::exo::Running;
use participant_core::testing::Memory;
use participant_core::{
    ENGINE_QUEUE, Exo, Failure, Job, Message, Outcome, Participant, Stop, Transport, TransportError,
    Workitem, async_trait,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Does what the field `do` says.
struct Obedient;

#[async_trait]
impl Participant for Obedient {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        match item.text("do").as_deref() {
            Some("panic") => panic!("out of {}", "cheese"),
            Some("fail") => Err(Failure::missing("x")),
            Some("wait") => Ok(Outcome::refuse().because(job.stopped().await.to_string())),
            _ => Ok(Outcome::done().set("did", "it")),
        }
    }
}

/// Makes a workitem of the process w1, each of another step.
fn item(fields: &Value) -> Vec<u8> {
    static STEP: AtomicU32 = AtomicU32::new(0);
    let step = STEP.fetch_add(1, Ordering::Relaxed).to_string();
    json!({ "fei": { "wfid": "w1", "expid": step }, "fields": fields }).to_string().into_bytes()
}

/// Starts a worker; returns it, and what ends it.
fn start(exo: Exo) -> (JoinHandle<Result<(), TransportError>>, CancellationToken) {
    let stop = CancellationToken::new();
    let shutdown = stop.clone();
    (tokio::spawn(async move { exo.run(shutdown).await }), stop)
}

/// Runs a participant until `enough` messages came to the engine, then shuts down.
async fn run(memory: &Memory, bodies: &[Vec<u8>], enough: usize, running: Running) -> Vec<Value> {
    for body in bodies {
        let message = Message { queue: "p".into(), body: body.clone(), id: None };
        memory.publish(&message).await.unwrap();
    }
    let stop = CancellationToken::new();
    let exo = Exo::new("p", Arc::new(Obedient), Arc::new(memory.clone()), Arc::new(memory.clone()))
        .sharing(running);
    let worker = {
        let stop = stop.clone();
        tokio::spawn(async move { exo.run(stop).await })
    };
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();
    let mut replies = Vec::new();
    while replies.len() < enough {
        let delivery =
            tokio::time::timeout(Duration::from_secs(5), engine.next()).await.expect("a reply").unwrap();
        replies.push(serde_json::from_slice(&delivery.body).unwrap());
        delivery.ack().await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.cancel();
    worker.await.unwrap().unwrap();
    replies
}

#[tokio::test]
async fn every_workitem_is_answered_whatever_the_participant_does() {
    let memory = Memory::default();
    let items =
        [item(&json!({})), item(&json!({ "do": "panic" })), item(&json!({ "do": "fail" })), item(&json!({}))];

    let replies = run(&memory, &items, 4, Running::default()).await;

    assert_eq!(replies[0]["fields"], json!({ "did": "it", "__result__": true }));
    assert_eq!(replies[1]["error"]["message"], "participant panicked: out of cheese");
    assert_eq!(replies[2]["error"]["message"], "workitem has no field `x`");
    assert_eq!(replies[3]["fields"]["__result__"], true);
    assert!(memory.drain("p").is_empty());
}

#[tokio::test]
async fn what_is_no_workitem_is_set_aside_and_holds_nobody_up() {
    let memory = Memory::default();
    let replies = run(&memory, &[b"garbage".to_vec(), item(&json!({}))], 1, Running::default()).await;
    assert_eq!(replies.len(), 1);
    assert_eq!(
        memory.aside(),
        [(b"garbage".to_vec(), "message is not a JSON object: expected value at line 1 column 1".to_owned())]
    );
}

#[tokio::test]
async fn a_forgotten_workitem_is_worked_on_and_not_answered() {
    let memory = Memory::default();
    let forgotten = item(&json!({ "params": { "forget": true } }));
    let replies = run(&memory, &[forgotten, item(&json!({ "n": 2 }))], 1, Running::default()).await;
    assert_eq!(replies[0]["fields"]["n"], 2);
    assert!(memory.drain(ENGINE_QUEUE).is_empty());
}

#[tokio::test]
async fn a_shutdown_hands_running_jobs_back() {
    let memory = Memory::default();
    let waiting = item(&json!({ "do": "wait" }));

    run(&memory, std::slice::from_ref(&waiting), 0, Running::default()).await;

    assert!(memory.drain(ENGINE_QUEUE).is_empty());
    assert_eq!(memory.drain("p"), [waiting]);
}

#[tokio::test]
async fn a_person_stops_a_process_in_all_its_jobs_also_those_to_come() {
    let memory = Memory::default();
    let running = Running::default();
    let items = [item(&json!({ "do": "wait" })), item(&json!({ "do": "wait" }))];
    running.stop_process("w1", &Stop::Person("ana".into()));

    let replies = run(&memory, &items, 2, running).await;

    for reply in replies {
        assert_eq!(reply["fields"]["__error__"], "cancelled by ana");
        assert_eq!(reply["fields"]["__result__"], false);
    }
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_stopped_and_answered() {
    let memory = Memory::default();
    let exo = Exo::new("p", Arc::new(Obedient), Arc::new(memory.clone()), Arc::new(memory.clone()))
        .deadline(Duration::from_millis(20));
    let body = item(&json!({ "do": "wait" }));
    memory.publish(&Message { queue: "p".into(), body, id: None }).await.unwrap();
    let (worker, stop) = start(exo);
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();

    let reply = tokio::time::timeout(Duration::from_secs(5), engine.next()).await.expect("a reply").unwrap();

    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply["fields"]["__error__"], "stopped: it took longer than it may");
    stop.cancel();
    worker.await.unwrap().unwrap();
}

/// Panics at everything it sees.
struct Nervous;

impl participant_core::Observer for Nervous {
    fn started(&self, _queue: &str, _item: &Workitem) {
        panic!("seen")
    }

    fn ended(&self, _: &str, _: &participant_core::Attempt, _: &Result<Outcome, Failure>) {
        panic!("seen")
    }
}

#[tokio::test]
async fn who_watches_a_job_cannot_break_it() {
    let memory = Memory::default();
    let exo = Exo::new("p", Arc::new(Obedient), Arc::new(memory.clone()), Arc::new(memory.clone()))
        .observed_by(Arc::new(Nervous));
    memory.publish(&Message { queue: "p".into(), body: item(&json!({})), id: None }).await.unwrap();
    let (worker, stop) = start(exo);
    let mut engine = memory.take(ENGINE_QUEUE).await.unwrap();
    let reply = tokio::time::timeout(Duration::from_secs(5), engine.next()).await.expect("a reply").unwrap();
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply["fields"]["did"], "it");
    stop.cancel();
    worker.await.unwrap().unwrap();
}
