//! The stage without a broker.

use std::error::Error;
use std::sync::Arc;

use local_queue::{LocalQueue, Owner};
use participant_core::{ENGINE_QUEUE, Transport};
use serde_json::Value;

use crate::Stage;

impl Stage {
    /// Works on one workitem with these fields on the queue of this machine; returns every message to the engine.
    pub async fn local(&self, fields: &Value) -> Result<Vec<Value>, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let owner = Owner::new(&folder.path().join("owners"))?;
        let queue = Arc::new(LocalQueue::open(&folder.path().join("queue.db"), owner).await?);

        self.play(queue.clone(), fields).await?;

        let mut sent = Vec::new();
        let mut engine = queue.take(ENGINE_QUEUE).await?;
        while queue.unsettled().await?.contains(&ENGINE_QUEUE.to_owned()) {
            let message = engine.next().await?;
            sent.push(serde_json::from_slice(&message.body)?);
            message.ack().await?;
        }
        Ok(sent)
    }
}

/// Runs a whole example, as its `main` does without a broker.
///
/// # Panics
/// When it ends with an error, or `AMQP_URL` would make it serve for ever.
pub fn runs_without_a_broker(main: impl FnOnce() -> Result<(), Box<dyn Error>>) {
    assert!(std::env::var_os("AMQP_URL").is_none(), "AMQP_URL is set: the example would not end");
    main().expect("it runs");
}
