//! What one would write on lapin by hand: take, parse, set two fields, publish, ack when the confirm comes; nothing else.

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
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
                let body = answer(&delivered);
                let confirm = publish(&channel, &body).await;
                under_way.push(confirm.map(|confirm| (confirm, delivered.acker)));
            }
            Some((confirm, acker)) = under_way.next() => {
                assert!(confirm.expect("the channel stays").is_ack(), "the broker has it");
                acker.ack(BasicAckOptions::default()).await.expect("the channel stays");
            }
        }
    }
}

fn answer(delivered: &Delivery) -> Vec<u8> {
    let mut item: Value = serde_json::from_slice(&delivered.data).expect("JSON");
    let number = item["fields"]["number"].as_u64().expect("a number");
    item["fields"]["answer"] = (number * 2).into();
    item["fields"]["__result__"] = true.into();
    serde_json::to_vec(&item).expect("JSON")
}

/// Sends; what it returns waits for the confirm.
async fn publish(
    channel: &Channel,
    body: &[u8],
) -> impl Future<Output = lapin::Result<Confirmation>> + use<> {
    let persistent = BasicProperties::default().with_delivery_mode(2);
    channel
        .basic_publish(
            "".into(),
            participant_core::ENGINE_QUEUE.into(),
            BasicPublishOptions::default(),
            body,
            persistent,
        )
        .await
        .expect("it is sent")
}
