//! Sends messages one after the other on one channel and tells each sender what became of its own.
//!
//! One task does it all, because lapin (4.12) gives out publication numbers and queues frames in two steps: two tasks on
//! a channel could confuse whose confirm is whose. And it hands a returned message to whichever confirm comes next, so
//! each message carries a number by which its return is recognised.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::options::BasicPublishOptions;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Error};
use tokio::sync::{mpsc, oneshot};

/// The header that recognises a returned message.
const NUMBER: &str = "x-skynet-publication";

/// A message on its way out.
pub(crate) struct Publication {
    pub(crate) exchange: String,
    pub(crate) key: String,
    /// It has to reach a queue.
    pub(crate) mandatory: bool,
    pub(crate) body: Arc<Vec<u8>>,
    pub(crate) properties: BasicProperties,
    /// Hears what became of it.
    pub(crate) done: oneshot::Sender<Result<(), Unsent>>,
}

/// Why a message is not with the broker.
#[derive(Clone, Debug)]
pub(crate) enum Unsent {
    /// There is no such queue.
    NoQueue,
    /// The broker could not keep it, as when a queue is full.
    Refused,
    /// The connection or the channel broke.
    Broken(Error),
}

/// Sends what comes until nobody can send any more.
pub(crate) async fn publish_all(channel: Channel, mut inbox: mpsc::Receiver<Publication>) {
    let mut under_way = FuturesUnordered::new(); // it gives them out in the order they were woken
    let mut returned: HashSet<i64> = HashSet::new();
    let mut number: i64 = 0;
    loop {
        tokio::select! {
            biased;
            Some(sent) = under_way.next() => tell(sent, &mut returned),
            next = inbox.recv() => match next {
                Some(publication) => {
                    number += 1;
                    under_way.push(send(&channel, number, publication));
                }
                None if under_way.is_empty() => break,
                None => while let Some(sent) = under_way.next().await {
                    tell(sent, &mut returned);
                }
            }
        }
    }
}

type Sent = (i64, oneshot::Sender<Result<(), Unsent>>, Result<Confirmation, Error>);

async fn send(channel: &Channel, number: i64, message: Publication) -> Sent {
    let mut headers = message.properties.headers().clone().unwrap_or_default();
    headers.insert(NUMBER.into(), AMQPValue::LongLongInt(number));
    let options = BasicPublishOptions { mandatory: message.mandatory, ..Default::default() };
    let properties = message.properties.with_headers(headers);
    let sent = channel
        .basic_publish(message.exchange.into(), message.key.into(), options, &message.body, properties)
        .await;
    let confirm = match sent {
        Ok(confirm) => confirm.await,
        Err(error) => Err(error),
    };
    (number, message.done, confirm)
}

/// Tells a sender what became of its message.
fn tell((number, done, confirm): Sent, returned: &mut HashSet<i64>) {
    // a sender that has gone does not want to know
    let _ = done.send(judge(number, confirm, returned));
}

/// Decides about one confirm. Confirms come here in the order lapin had them, so that a return is always seen before,
/// or with, the confirm of the message it belongs to.
fn judge(
    number: i64,
    confirm: Result<Confirmation, Error>,
    returned: &mut HashSet<i64>,
) -> Result<(), Unsent> {
    let confirm = confirm.map_err(Unsent::Broken)?;
    let refused = confirm.is_nack();
    if let Some(message) = confirm.take_message() {
        returned.extend(number_of(message.delivery.properties.headers().as_ref()));
    }
    match (returned.remove(&number), refused) {
        (true, _) => Err(Unsent::NoQueue),
        (false, true) => Err(Unsent::Refused),
        (false, false) => Ok(()),
    }
}

fn number_of(headers: Option<&FieldTable>) -> Option<i64> {
    match headers?.inner().get(NUMBER)? {
        AMQPValue::LongLongInt(number) => Some(*number),
        _ => None,
    }
}
