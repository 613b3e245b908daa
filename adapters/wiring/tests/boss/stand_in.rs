//! A stand-in for a whole BOSS: it takes launches and replies from the broker, runs the processes in the engine of this
//! project, and sends workitems and cancels in the form that was recorded of a BOSS.

use std::sync::Arc;

use lapin::options::BasicPublishOptions;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use participant_core::{CancellationToken, Intake, Message, Transport, TransportError, async_trait};
use serde_json::Value;
use skynet_amqp::{AmqpTransport, Settings};

use crate::engine::Place;

/// Runs processes for as long as the value is there.
pub(crate) struct Boss {
    _folder: tempfile::TempDir,
    pub(crate) engine: process_engine::Engine,
    ends: CancellationToken,
}

impl Boss {
    /// Runs the processes of a virtual host that is its own.
    pub(crate) async fn on(vhost: &str) -> Boss {
        let Place { host, password } = Place::of_suite();
        let (name, port) = host.split_once(':').unwrap();
        let settings = Settings::new(name, "img", &password, vhost).port(port.parse().unwrap());
        let url = format!("amqp://img:{password}@{host}/{vhost}");
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let wire = Arc::new(Wire { inner: AmqpTransport::new(settings), channel, _connection: connection });
        let folder = tempfile::tempdir().unwrap();
        let engine = process_engine::Engine::open(&folder.path().join("boss.db")).await.unwrap();
        let (serving, ends) = (engine.clone(), CancellationToken::new());
        let until = ends.clone();
        tokio::spawn(async move { serving.serve(wire, until).await.unwrap() });
        Boss { _folder: folder, engine, ends }
    }
}

impl Drop for Boss {
    fn drop(&mut self) {
        self.ends.cancel();
    }
}

/// The broker, as a BOSS speaks to it.
struct Wire {
    inner: AmqpTransport,
    channel: Channel,
    _connection: Connection,
}

#[async_trait]
impl Transport for Wire {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.inner.take(queue).await
    }

    /// Sends a workitem: its step says whether it is persistent and what its correlation id is. Nobody hears of a queue
    /// that is not there.
    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        let item: Value = serde_json::from_slice(&message.body).expect("a workitem");
        let params = &item["fields"]["params"];
        let mode = if params["persistent"] == true { 2 } else { 1 };
        let properties = BasicProperties::default()
            .with_content_type("application/octet-stream".into())
            .with_correlation_id(params["correlation_id"].as_str().unwrap_or_default().into())
            .with_priority(0)
            .with_delivery_mode(mode);
        let (queue, options) = (message.queue.as_str().into(), BasicPublishOptions::default());
        let sent = self.channel.basic_publish("".into(), queue, options, &message.body, properties).await;
        sent.map(drop).map_err(|error| TransportError::new("send a workitem", error))
    }
}
