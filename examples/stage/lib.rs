//! Where the examples play: the queue of this machine in a temporary folder, or RabbitMQ.
//!
//! `AMQP_URL=amqp://user:password@host/vhost cargo run -p examples --example check` serves the queue `check` until
//! Ctrl-C. Without `AMQP_URL` the example sends itself one workitem, as the engine would, and prints what goes back.

mod local;
mod rabbit;
mod scene;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use participant_core::exo::Running;
use participant_core::{Exo, Launcher, Participant, Transport};
use serde_json::Value;

pub use self::local::runs_without_a_broker;
pub use self::scene::WFID;

/// A participant with the name of its queue, ready to play.
pub struct Stage {
    queue: String,
    participant: Arc<dyn Participant>,
    deadline: Option<Duration>,
    running: Running,
}

impl Stage {
    /// Puts a participant on the stage, called as its queue.
    pub fn new(queue: &str, participant: impl Participant + 'static) -> Stage {
        Stage {
            queue: queue.into(),
            participant: Arc::new(participant),
            deadline: None,
            running: Running::default(),
        }
    }

    /// Stops a job that takes longer than this.
    pub fn deadline(mut self, deadline: Duration) -> Stage {
        self.deadline = Some(deadline);
        self
    }

    /// Returns the list of its jobs, by which somebody can stop them.
    pub fn running(&self) -> Running {
        self.running.clone()
    }

    /// Serves RabbitMQ until Ctrl-C when `AMQP_URL` says where it is; else works on one workitem with these fields and
    /// prints every message to the engine.
    pub async fn run(self, fields: &Value) -> Result<(), Box<dyn Error>> {
        match std::env::var("AMQP_URL") {
            Ok(url) => self.serve(&url).await,
            Err(_) => {
                for message in self.local(fields).await? {
                    println!("{message:#}");
                }
                Ok(())
            }
        }
    }

    fn exo<T: Transport + Launcher + 'static>(&self, transport: Arc<T>) -> Exo {
        let exo = Exo::new(&self.queue, self.participant.clone(), transport.clone(), transport)
            .sharing(self.running.clone());
        match self.deadline {
            Some(deadline) => exo.deadline(deadline),
            None => exo,
        }
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Stage").field("queue", &self.queue).finish_non_exhaustive()
    }
}
