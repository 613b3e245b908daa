//! What one would write on lapin by hand: take, parse, set two fields, publish, ack when the confirm comes; nothing else.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use participant_core::ENGINE_QUEUE;
use serde_json::Value;

use crate::contender;

/// As many messages as [`skynet_amqp::Settings::read_ahead`] has on their way unless told.
const PREFETCH: u16 = 200;

pub(crate) async fn run(url: &str, queue: &str) {
    let connection =
        Connection::connect(url, ConnectionProperties::default()).await.expect("the broker answers");
    let channel = connection.create_channel().await.expect("a channel");
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await.expect("a prefetch");
    contender::ready().await;
    let options = BasicConsumeOptions::default();
    let mut consumer = channel
        .basic_consume(queue.into(), "".into(), options, FieldTable::default())
        .await
        .expect("the queue is there");
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            delivered = consumer.next() => {
                let delivered = delivered.expect("the queue stays").expect("the channel stays");
                under_way.push(handle(&channel, delivered));
            }
            Some(()) = under_way.next() => {}
        }
    }
}

async fn handle(channel: &Channel, delivered: Delivery) {
    let body = answer(&delivered);
    let persistent = BasicProperties::default().with_delivery_mode(2);
    let options = BasicPublishOptions::default();
    let confirm = channel
        .basic_publish("".into(), ENGINE_QUEUE.into(), options, &body, persistent)
        .await
        .expect("it is sent");
    assert!(confirm.await.expect("the channel stays").is_ack(), "the broker has it");
    delivered.acker.ack(BasicAckOptions::default()).await.expect("the channel stays");
}

fn answer(delivered: &Delivery) -> Vec<u8> {
    let mut item: Value = serde_json::from_slice(&delivered.data).expect("JSON");
    let number = item["fields"]["number"].as_u64().expect("a number");
    item["fields"]["answer"] = (number * 2).into();
    item["fields"]["__result__"] = true.into();
    serde_json::to_vec(&item).expect("JSON")
}
