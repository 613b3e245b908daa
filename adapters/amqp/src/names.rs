//! The queues of one participant, and what we write on messages.

use std::sync::Arc;

use lapin::BasicProperties;
use lapin::message::Delivery as Delivered;
use lapin::types::{AMQPValue, FieldTable, LongString};
use uuid::Uuid;

/// Recognises a message however often it is moved.
pub(crate) const ID: &str = "x-skynet-id";
/// Says that a message may have been delivered before it was moved.
pub(crate) const REPEAT: &str = "x-skynet-redelivered";
/// Says why a message was set aside.
pub(crate) const REASON: &str = "x-skynet-reason";

/// The names of what belongs to one SkyNET queue.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// The queue the engine sends to.
    pub(crate) skynet: String,
    /// Ours, durable: what no instance could start at once.
    pub(crate) work: String,
    /// The exchange on which all instances hear of cancels.
    pub(crate) cancel: String,
    /// The queue whoever looks for a cancelled workitem has to itself meanwhile.
    pub(crate) gavel: String,
    /// The queue of this instance that holds the leases of its jobs.
    pub(crate) lease: String,
}

impl Names {
    pub(crate) fn new(queue: &str) -> Names {
        Names {
            skynet: queue.to_owned(),
            work: format!("{queue}.work"),
            cancel: format!("{queue}.cancel"),
            gavel: format!("{queue}.cancel.gavel"),
            lease: format!("{queue}.lease.{}", Uuid::new_v4().simple()),
        }
    }
}

/// A message as it came, however it got here.
#[derive(Debug)]
pub(crate) struct Item {
    /// Ours; see [`ID`].
    pub(crate) id: String,
    pub(crate) body: Arc<Vec<u8>>,
    pub(crate) properties: BasicProperties,
    /// It may have been delivered before.
    pub(crate) repeat: bool,
}

impl Item {
    /// Takes over body and properties of a delivery.
    pub(crate) fn new(delivered: &mut Delivered) -> Item {
        let properties = std::mem::take(&mut delivered.properties);
        let header = |key: &str| properties.headers().as_ref().and_then(|headers| headers.inner().get(key));
        let id = match header(ID) {
            Some(AMQPValue::LongString(id)) => id.to_string(),
            _ => Uuid::new_v4().simple().to_string(),
        };
        let repeat = delivered.redelivered || header(REPEAT).is_some() || header("x-death").is_some();
        Item { id, body: std::mem::take(&mut delivered.data).into(), repeat, properties }
    }

    /// Returns the correlation id, when there is one that says something.
    pub(crate) fn correlation(&self) -> Option<&str> {
        self.properties
            .correlation_id()
            .as_ref()
            .map(lapin::types::ShortString::as_str)
            .filter(|id| !id.is_empty())
    }

    /// The broker would lose it in a restart.
    pub(crate) fn is_transient(&self) -> bool {
        *self.properties.delivery_mode() != Some(2)
    }

    /// Returns the properties for sending it on: those it came with, without what only fits its first way.
    pub(crate) fn properties_to_move(&self) -> BasicProperties {
        let mut headers = FieldTable::default();
        for (key, value) in self.properties.headers().iter().flat_map(FieldTable::inner) {
            let of_the_broker = ["x-death", "x-first-death-", "x-last-death-"]
                .iter()
                .any(|its| key.as_str().starts_with(its));
            if !of_the_broker {
                headers.insert(key.clone(), value.clone());
            }
        }
        headers.insert(ID.into(), AMQPValue::LongString(LongString::from(self.id.as_str())));
        if self.repeat {
            headers.insert(REPEAT.into(), AMQPValue::Boolean(true));
        }
        let old = &self.properties;
        let mut new = BasicProperties::default().with_headers(headers);
        // not the user id, which has to be that of the sender, nor the expiration: what we have taken must not vanish
        for (value, with) in [
            (old.content_type(), BasicProperties::with_content_type as fn(_, _) -> _),
            (old.content_encoding(), BasicProperties::with_content_encoding),
            (old.correlation_id(), BasicProperties::with_correlation_id),
            (old.reply_to(), BasicProperties::with_reply_to),
            (old.message_id(), BasicProperties::with_message_id),
            (old.kind(), BasicProperties::with_type),
            (old.app_id(), BasicProperties::with_app_id),
        ] {
            if let Some(value) = value {
                new = with(new, value.clone());
            }
        }
        if let Some(priority) = old.priority() {
            new = new.with_priority(*priority);
        }
        if let Some(timestamp) = old.timestamp() {
            new = new.with_timestamp(*timestamp);
        }
        new
    }
}
