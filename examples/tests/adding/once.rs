// answers one workitem on the queue of this machine

use std::sync::Arc;

use greet::Greet;
use local_queue::{LocalQueue, Owner};
use participant_core::{CancellationToken, ENGINE_QUEUE, Exo, Message, Transport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let owner = Owner::new(&folder.path().join("owners"))?;
    let queue = Arc::new(LocalQueue::open(&folder.path().join("queue.db"), owner).await?);

    let body = std::fs::read("tests/cases/hello/workitem.json")?;
    queue.publish(&Message { queue: "greet".into(), body, id: None }).await?;

    let worker = Exo::new("greet", Arc::new(Greet), queue.clone(), queue.clone());
    let mut engine = queue.take(ENGINE_QUEUE).await?;
    tokio::select! {
        ended = worker.run(CancellationToken::new()) => ended?,
        reply = engine.next() => {
            let reply = reply?;
            println!("{}", String::from_utf8_lossy(&reply.body));
            reply.ack().await?;
        }
    }
    Ok(())
}
