//! What brings messages and takes them away.

use std::error::Error;

use async_trait::async_trait;

use crate::delivery::Delivery;

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The queue it goes to.
    pub queue: String,
    /// Its text.
    pub body: Vec<u8>,
    /// Where the transport can tell, a second message with the same id on the same queue is dropped.
    pub id: Option<String>,
}

/// Something outside broke: the broker, the disk; it says what was being done.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}")]
pub struct TransportError {
    /// What was being done, as `publish to ruote_workitems`.
    pub doing: String,
    /// What came of it.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl TransportError {
    /// Makes the error for something that broke while `doing`.
    pub fn new(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> TransportError {
        TransportError { doing: doing.into(), source: source.into() }
    }
}

/// A way for messages to travel: RabbitMQ, or the durable queue of one machine.
///
/// Delivery is at least once: what is not settled comes again.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Starts to take messages from a queue, making the queue when it is not there.
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError>;

    /// Sends a message and returns when it is safe on the other side.
    async fn publish(&self, message: &Message) -> Result<(), TransportError>;
}

/// The messages of one queue, one after the other.
#[async_trait]
pub trait Intake: Send {
    /// Waits for the next message.
    ///
    /// May be dropped while waiting: a message that was just about to come is then not lost but comes again.
    async fn next(&mut self) -> Result<Delivery, TransportError>;

    /// Takes nothing more, once all deliveries are settled, and returns when the other side has heard of that.
    ///
    /// An intake that is only dropped loses nothing either, but what was settled last may come again.
    async fn close(self: Box<Self>) {}
}
