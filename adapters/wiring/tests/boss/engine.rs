//! A stand-in for the engine of a BOSS: sends workitems and cancels as it does, and takes what comes back.

use std::time::{Duration, Instant};

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueuePurgeOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use serde_json::{Value, json};

/// Where the broker of the suite is.
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) password: String,
}

impl Place {
    pub(crate) fn of_suite() -> Place {
        let url = std::env::var("IMG_TEST_AMQP_URL")
            .expect("IMG_TEST_AMQP_URL is not set: run the tests by `make test`, which starts a RabbitMQ");
        let (user, rest) = url.strip_prefix("amqp://").unwrap().split_once('@').unwrap();
        let host = rest.split('/').next().unwrap().to_owned();
        Place { host, password: user.split_once(':').unwrap().1.to_owned() }
    }
}

pub(crate) struct Engine {
    _connection: Connection,
    channel: Channel,
}

impl Engine {
    /// Has the virtual host to itself: `boss-0` to `boss-22`, a test each.
    pub(crate) async fn on(vhost: &str) -> Engine {
        let engine = Engine::beside(vhost).await;
        engine.declare("ruote_workitems").await;
        engine.channel.queue_purge("ruote_workitems".into(), QueuePurgeOptions::default()).await.unwrap();
        engine
    }

    /// Says something on the virtual host of another.
    pub(crate) async fn beside(vhost: &str) -> Engine {
        let Place { host, password } = Place::of_suite();
        let url = format!("amqp://img:{password}@{host}/{vhost}");
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Engine { _connection: connection, channel }
    }

    pub(crate) async fn declare(&self, queue: &str) {
        let durable = QueueDeclareOptions::durable();
        self.channel.queue_declare(queue.into(), durable, FieldTable::default()).await.unwrap();
    }

    pub(crate) async fn exists(&self, queue: &str) -> bool {
        let channel = self._connection.create_channel().await.unwrap();
        let passive = QueueDeclareOptions::durable().passive();
        channel.queue_declare(queue.into(), passive, FieldTable::default()).await.is_ok()
    }

    /// Sends as the engine does: transient, with the correlation id of the step.
    pub(crate) async fn send(&self, queue: &str, body: &Value, correlation: &str) {
        self.send_raw(queue, body.to_string().as_bytes(), correlation).await;
    }

    pub(crate) async fn send_raw(&self, queue: &str, body: &[u8], correlation: &str) {
        let properties = BasicProperties::default()
            .with_content_type("application/octet-stream".into())
            .with_correlation_id(correlation.into())
            .with_priority(0)
            .with_delivery_mode(1);
        let options = BasicPublishOptions::default();
        let sent =
            self.channel.basic_publish("".into(), queue.into(), options, body, properties).await.unwrap();
        sent.await.unwrap();
    }

    /// Takes the next message for the engine; panics when none comes.
    pub(crate) async fn next(&self, patience: Duration) -> Value {
        let next = self.maybe_next(patience).await;
        next.unwrap_or_else(|| panic!("nothing came for the engine within {patience:?}"))
    }

    pub(crate) async fn maybe_next(&self, patience: Duration) -> Option<Value> {
        let start = Instant::now();
        loop {
            let no_ack = BasicGetOptions { no_ack: true };
            if let Some(got) = self.channel.basic_get("ruote_workitems".into(), no_ack).await.unwrap() {
                return Some(serde_json::from_slice(&got.delivery.data).expect("JSON"));
            }
            if start.elapsed() > patience {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Takes the next reply, passing over the small processes that push the status of a job.
    pub(crate) async fn next_reply(&self, patience: Duration) -> Value {
        loop {
            let message = self.next(patience).await;
            if message.get("fei").is_some() {
                return message;
            }
        }
    }
}

/// A workitem in the form recorded of an engine.
pub(crate) fn workitem(number: u32, participant: &str, fields: &Value) -> Value {
    let mut fields = fields.clone();
    fields["params"] = json!({ "ref": participant });
    fields["dispatched_at"] = json!("2026-11-21 07:39:38.980797 UTC");
    let launched = "2026-11-21 07:39:38.892807 UTC";
    json!({
        "fields": fields, "wf_name": "wire_basic", "wf_revision": "7", "wf_launched_at": launched,
        "sub_wf_name": "wire_basic", "sub_wf_revision": "7", "sub_wf_launched_at": launched,
        "fei": { "engine_id": "engine", "wfid": format!("20261121-0739-deshi-{number}"),
                 "subid": "c1eb469b37df660ece23920ffb5586b3", "expid": "0_0_0" },
        "participant_name": participant, "re_dispatch_count": 0
    })
}

/// A cancel in the form recorded of an engine.
pub(crate) fn cancel() -> Value {
    json!({ "cancel": true, "fei": "#<Ruote::HashWrapper:0x00007f13a6335ca0>", "flavour": null })
}
