//! An engine with a queue in memory and a database in a folder of its own.
#![allow(dead_code, reason = "every test file uses another part")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use participant_core::testing::Memory;
use participant_core::{ENGINE_QUEUE, Message, Transport};
use process_engine::{Engine, ProcessState};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Bench {
    pub(crate) memory: Memory,
    pub(crate) engine: Engine,
    folder: TempDir,
    shutdown: CancellationToken,
}

impl Bench {
    /// An engine that serves.
    pub(crate) async fn new() -> Bench {
        let bench = Bench::idle().await;
        bench.serve(Arc::new(bench.memory.clone()));
        bench
    }

    /// An engine that does not serve yet.
    pub(crate) async fn idle() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(&folder.path().join("engine.db")).await.unwrap();
        Bench { memory: Memory::default(), engine, folder, shutdown: CancellationToken::new() }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("engine.db")
    }

    pub(crate) fn serve(&self, transport: Arc<dyn Transport>) -> tokio::task::JoinHandle<()> {
        let (engine, shutdown) = (self.engine.clone(), self.shutdown.clone());
        tokio::spawn(async move { engine.serve(transport, shutdown).await.unwrap() })
    }

    pub(crate) async fn publish(&self, body: &str, id: &str) {
        let message = Message { queue: ENGINE_QUEUE.into(), body: body.into(), id: Some(id.into()) };
        self.memory.publish(&message).await.unwrap();
    }

    pub(crate) async fn launch(&self, id: &str, definition: &str, fields: &Value) {
        let body = serde_json::json!({ "definition": definition, "fields": fields, "variables": null });
        self.publish(&body.to_string(), id).await;
    }

    pub(crate) async fn ended(&self, id: &str) -> ProcessState {
        tokio::time::timeout(PATIENCE, self.engine.ended(id)).await.expect("the process ends").unwrap()
    }

    /// How many workitems nobody took.
    pub(crate) fn waiting_messages(&self) -> usize {
        let queues =
            ["p1", "p2_alpha", "fa", "fb", "fc", "fd", "build_ks", "build_image", "update_image_status"];
        queues.iter().map(|queue| self.memory.drain(queue).len()).sum()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Takes the next workitem of a participant.
pub(crate) async fn take(memory: &Memory, queue: &str) -> String {
    let mut intake = memory.take(queue).await.unwrap();
    let next = tokio::time::timeout(PATIENCE, intake.next()).await;
    let delivery = next.unwrap_or_else(|_| panic!("nothing comes for {queue}")).unwrap();
    let body = String::from_utf8(delivery.body.clone()).unwrap();
    delivery.ack().await.unwrap();
    body
}

/// The workitem with a result, as a participant sends it back.
pub(crate) fn answered(workitem: &str, result: bool) -> String {
    let mut item: Value = serde_json::from_str(workitem).unwrap();
    item["fields"]["__result__"] = Value::Bool(result);
    item.to_string()
}
