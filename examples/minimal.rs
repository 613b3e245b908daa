//! What is the least a participant needs?
//!
//! `cargo run -p examples --example minimal` answers one workitem on a queue in a temporary folder and prints what
//! goes back to the engine.

use std::sync::Arc;

use local_queue::{LocalQueue, Owner};
use participant_core::{
    CancellationToken, ENGINE_QUEUE, Exo, Failure, Job, Message, Outcome, Participant, Transport, Workitem,
    async_trait,
};

struct Greet;

#[async_trait]
impl Participant for Greet {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let name = item.text("name").ok_or_else(|| Failure::missing("name"))?;
        Ok(Outcome::done().set("greeting", format!("Hello {name}")))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let owner = Owner::new(&folder.path().join("owners"))?;
    let queue = Arc::new(LocalQueue::open(&folder.path().join("queue.db"), owner).await?);

    // what the engine sends when a process comes to the step `greet`
    let workitem =
        r#"{"fields":{"name":"ana"},"fei":{"wfid":"20261121-0739-deshiyodo-godemora","expid":"0_0"}}"#;
    queue.publish(&Message { queue: "greet".into(), body: workitem.into(), id: None }).await?;

    let stop = CancellationToken::new();
    let worker = Exo::new("greet", Arc::new(Greet), queue.clone(), queue.clone());
    let mut engine = queue.take(ENGINE_QUEUE).await?;
    let reply = tokio::select! {
        reply = engine.next() => reply?,
        ended = worker.run(stop) => return Ok(ended?),
    };
    println!("{}", String::from_utf8_lossy(&reply.body));
    reply.ack().await?;
    Ok(())
}
