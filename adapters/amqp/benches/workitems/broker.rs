//! What the bench itself asks of the broker: fill a queue, count one, send one workitem and wait for its reply.

use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer};

pub(crate) struct Broker {
    pub(crate) channel: Channel,
    _connection: Connection,
}

impl Broker {
    pub(crate) async fn at(url: &str) -> Broker {
        let connection =
            Connection::connect(url, ConnectionProperties::default()).await.expect("the broker answers");
        let channel = connection.create_channel().await.expect("a channel");
        Broker { channel, _connection: connection }
    }

    pub(crate) async fn declare(&self, queue: &str) {
        let durable = QueueDeclareOptions::durable();
        self.channel
            .queue_declare(queue.into(), durable, FieldTable::default())
            .await
            .expect("a durable queue");
    }

    /// How many messages wait on a queue.
    pub(crate) async fn depth(&self, queue: &str) -> u32 {
        let passive = QueueDeclareOptions::durable().passive();
        let there = self.channel.queue_declare(queue.into(), passive, FieldTable::default()).await;
        there.expect("the queue is there").message_count()
    }

    /// Waits until a queue is as deep as this.
    pub(crate) async fn until(&self, queue: &str, is: impl Fn(u32) -> bool) {
        while !is(self.depth(queue).await) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Sends a workitem as the engine does: transient, unconfirmed.
    pub(crate) async fn send(&self, queue: &str, body: &[u8]) {
        let properties = BasicProperties::default()
            .with_content_type("application/octet-stream".into())
            .with_correlation_id("".into())
            .with_priority(0)
            .with_delivery_mode(1);
        self.channel
            .basic_publish("".into(), queue.into(), BasicPublishOptions::default(), body, properties)
            .await
            .expect("it is sent");
    }

    pub(crate) async fn consume(&self, queue: &str) -> Consumer {
        let options = BasicConsumeOptions { no_ack: true, ..Default::default() };
        let consumer =
            self.channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await;
        consumer.expect("the queue is there")
    }

    pub(crate) async fn delete(&self, queue: &str) {
        self.channel.queue_delete(queue.into(), Default::default()).await.expect("it goes");
    }
}

/// Waits for the next message of a consumer.
pub(crate) async fn next(consumer: &mut Consumer) -> Vec<u8> {
    consumer.next().await.expect("the queue stays").expect("the channel stays").data
}
