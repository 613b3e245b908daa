//! One message that came for a participant.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::transport::TransportError;

/// A message together with the right, and the duty, to settle it once.
///
/// Dropped without being settled it comes again: to us after a restart, or to somebody else.
pub struct Delivery {
    /// The message as it came.
    pub body: Vec<u8>,
    /// What the sender, or the local queue, named it.
    pub message_id: Option<String>,
    /// It may have been delivered, even answered, before.
    pub redelivered: bool,
    /// Fires when the engine takes the step back.
    pub cancelled: CancellationToken,
    receipt: Box<dyn Receipt>,
}

/// How a transport hears what became of a delivery.
#[async_trait]
pub trait Receipt: Send {
    /// It is dealt with and must never come again.
    async fn ack(self: Box<Self>) -> Result<(), TransportError>;
    /// It is not dealt with; let another worker have it.
    async fn hand_back(self: Box<Self>) -> Result<(), TransportError>;
    /// Nobody can deal with it; keep it where a person can look at it.
    async fn set_aside(self: Box<Self>, reason: &str) -> Result<(), TransportError>;
}

impl Delivery {
    /// Makes a delivery; for transports.
    pub fn new(body: Vec<u8>, receipt: Box<dyn Receipt>) -> Delivery {
        Delivery { body, message_id: None, redelivered: false, cancelled: CancellationToken::new(), receipt }
    }

    /// Says that the message is dealt with.
    pub async fn ack(self) -> Result<(), TransportError> {
        self.receipt.ack().await
    }

    /// Gives the message back for another worker.
    pub async fn hand_back(self) -> Result<(), TransportError> {
        self.receipt.hand_back().await
    }

    /// Puts a message nobody can deal with out of the way.
    pub async fn set_aside(self, reason: &str) -> Result<(), TransportError> {
        self.receipt.set_aside(reason).await
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Delivery")
            .field("message_id", &self.message_id)
            .field("redelivered", &self.redelivered)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
