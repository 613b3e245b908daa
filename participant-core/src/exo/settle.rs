//! What becomes of a delivery, done so that nothing is lost.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::ENGINE_QUEUE;
use crate::delivery::Delivery;
use crate::transport::{Message, Transport, TransportError};

/// The four ends of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    /// Send this to the engine, then ack.
    Reply { body: Vec<u8>, id: String },
    /// Ack; nobody waits for an answer.
    Silent,
    /// Let another worker, or our next start, have it.
    HandBack,
    /// No workitem: out of the way with it, for a person to look at.
    SetAside(String),
}

/// Settles a delivery: the reply is safe before the workitem is given up.
pub(super) async fn settle(
    transport: &dyn Transport,
    queue: &str,
    delivery: Delivery,
    settlement: Settlement,
    shutdown: &CancellationToken,
) {
    let settled = match settlement {
        Settlement::Reply { body, id } => {
            let message = Message { queue: ENGINE_QUEUE.into(), body, id: Some(id) };
            if !publish_until_safe(transport, &message, shutdown).await {
                return; // not settled: the workitem comes again
            }
            delivery.ack().await
        }
        Settlement::Silent => delivery.ack().await,
        Settlement::HandBack => delivery.hand_back().await,
        Settlement::SetAside(reason) => {
            let bytes = delivery.body.len();
            warn!("set aside a message on {queue} that is no workitem ({bytes} bytes): {reason}");
            delivery.set_aside(&reason).await
        }
    };
    if let Err(trouble) = settled {
        warn!("{}; the workitem will come again", Chain(&trouble));
    }
}

/// Sends until the other side has it; gives up only when the program ends, and says whether it is safe.
async fn publish_until_safe(
    transport: &dyn Transport,
    message: &Message,
    shutdown: &CancellationToken,
) -> bool {
    let mut pause = Duration::from_millis(100);
    loop {
        match transport.publish(message).await {
            Ok(()) => return true,
            Err(trouble) => error!("{}; the reply is kept and sent again", Chain(&trouble)),
        }
        tokio::select! {
            () = shutdown.cancelled() => return transport.publish(message).await.is_ok(),
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(10)),
        }
    }
}

/// An error with its causes on one line.
struct Chain<'a>(&'a TransportError);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.0, self.0.source)
    }
}
