//! The stage on RabbitMQ.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use participant_core::{
    CancellationToken, ENGINE_QUEUE, Intake, Launch, LaunchError, Launcher, Message, Transport,
    TransportError, async_trait,
};
use serde_json::Value;
use skynet_amqp::{AmqpTransport, Settings};

use crate::Stage;

impl Stage {
    /// Serves its queue at the broker until Ctrl-C; jobs that run then are handed back.
    pub(crate) async fn serve(&self, url: &str) -> Result<(), Box<dyn Error>> {
        // what goes wrong is said by skynet-amqp in one line; lapin's own log is loud
        let filter = tracing_subscriber::EnvFilter::new("info,lapin=off");
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        let settings = Settings::from_url(url)
            .map_err(|error| format!("AMQP_URL is not like amqp://user:password@host/vhost: {error}"))?;
        let rabbit = Arc::new(AmqpTransport::new(settings));
        let stop = CancellationToken::new();
        let on_ctrl_c = stop.clone().drop_guard();
        tokio::spawn(async move {
            let _on_ctrl_c = on_ctrl_c;
            let _ = tokio::signal::ctrl_c().await;
        });
        eprintln!("serving the queue `{}`; Ctrl-C ends it", self.queue);
        Ok(self.exo(rabbit).run(stop).await?)
    }

    /// Works on one workitem with these fields at the broker that `.ci/with-services` started; returns every message to
    /// the engine. Nobody else sees the queues.
    pub async fn rehearse(mut self, fields: &Value) -> Result<Vec<Value>, Box<dyn Error>> {
        let url = std::env::var("IMG_TEST_AMQP_URL")
            .map_err(|_| "IMG_TEST_AMQP_URL names no RabbitMQ: run `.ci/with-services cargo test`")?;
        let rabbit = AmqpTransport::new(Settings::from_url(&url)?);
        self.queue = format!("{}-{}", self.queue, uuid::Uuid::new_v4().simple());
        let to_engine = format!("{}-engine", self.queue);
        let mut engine = rabbit.take(&to_engine).await?;

        self.play(Arc::new(Rehearsal { rabbit, to_engine }), fields).await?;

        let mut sent = Vec::<Value>::new();
        while sent.last().is_none_or(|last| last["fei"].is_null()) {
            let message = tokio::time::timeout(Duration::from_secs(10), engine.next()).await??;
            sent.push(serde_json::from_slice(&message.body)?);
            message.ack().await?;
        }
        Ok(sent)
    }
}

/// RabbitMQ with another queue for the engine.
struct Rehearsal {
    rabbit: AmqpTransport,
    to_engine: String,
}

#[async_trait]
impl Transport for Rehearsal {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.rabbit.take(queue).await
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        let mut message = message.clone();
        if message.queue == ENGINE_QUEUE {
            message.queue.clone_from(&self.to_engine);
        }
        self.rabbit.publish(&message).await
    }
}

#[async_trait]
impl Launcher for Rehearsal {
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        let message = Message { queue: ENGINE_QUEUE.into(), body: launch.body(), id: launch.id.clone() };
        self.publish(&message).await.map_err(|error| LaunchError(Box::new(error)))
    }
}
