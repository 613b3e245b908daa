//! A message the broker holds for us, and the job that runs on it.

use std::sync::Arc;
use std::time::Instant;

use lapin::Acker;
use lapin::message::Delivery as Delivered;
use lapin::options::{BasicNackOptions, BasicRejectOptions};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::acks::Acks;
use crate::names::Item;
use crate::session::Session;

/// The queue a message is held on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Skynet,
    Work,
    Lease,
}

/// Our hold on a message: when we die, or the session ends, the broker gives the message to somebody else.
pub(crate) struct Hold {
    pub(crate) place: Place,
    pub(crate) since: Instant,
    pub(crate) session: Arc<Session>,
    acker: Acker,
    /// The number of the message on its channel.
    tag: u64,
    /// Closes when nobody has it any longer, and with it go our rights on the message.
    channel: Arc<Acks>,
}

impl Hold {
    pub(crate) fn new(
        place: Place,
        session: &Arc<Session>,
        channel: &Arc<Acks>,
        delivered: &Delivered,
    ) -> Hold {
        Hold {
            place,
            since: Instant::now(),
            session: session.clone(),
            acker: delivered.acker.clone(),
            tag: delivered.delivery_tag,
            channel: channel.clone(),
        }
    }

    /// Tells whether the broker still holds the message for us.
    pub(crate) fn is_good(&self) -> bool {
        self.acker.usable() && !self.session.is_over()
    }

    /// Removes the message; false when the broker cannot hear it. When the session breaks a moment later the message
    /// comes again.
    pub(crate) fn ack(self) -> bool {
        let good = self.is_good();
        if good {
            self.channel.ack(self.tag);
        }
        good
    }

    /// Puts the message back into its queue.
    pub(crate) async fn requeue(self) {
        // said first, and only then passed: an ack of its neighbours must not go before it, and mean it too
        let _ = self.acker.nack(BasicNackOptions { requeue: true, multiple: false }).await;
        self.channel.pass(self.tag);
    }

    /// Drops the message, or lets the queue's own dead-letter rule have it.
    pub(crate) async fn reject(self) -> bool {
        let heard = matches!(self.acker.reject(BasicRejectOptions { requeue: false }).await, Ok(true));
        self.channel.pass(self.tag);
        heard
    }
}

/// A message that came, together with our hold on it.
pub(crate) struct Arrival {
    pub(crate) item: Arc<Item>,
    pub(crate) hold: Hold,
}

/// A job that runs in this process.
pub(crate) struct Running {
    pub(crate) item: Arc<Item>,
    pub(crate) since: Instant,
    pub(crate) cancelled: CancellationToken,
    /// Locked while a lease is renewed, so that a job ends only after its last copy is there.
    pub(crate) slot: Mutex<Slot>,
}

/// What a job holds at the broker.
pub(crate) struct Slot {
    /// Missing after an outage, until the broker delivers the message again.
    pub(crate) hold: Option<Hold>,
    pub(crate) end: Option<End>,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Acked,
    HandedBack,
}

impl Running {
    pub(crate) fn new(arrival: Arrival) -> Running {
        let slot = Mutex::new(Slot { hold: Some(arrival.hold), end: None });
        Running { item: arrival.item, since: Instant::now(), cancelled: CancellationToken::new(), slot }
    }

    /// Takes in a repetition of the message this job runs on.
    pub(crate) async fn meet_again(&self, hold: Hold) {
        let mut slot = self.slot.lock().await;
        match (&slot.end, &slot.hold) {
            (Some(End::HandedBack), _) => hold.requeue().await,
            (Some(End::Acked), _) => {
                hold.ack();
            }
            (None, Some(ours)) if ours.is_good() => {
                hold.ack();
            } // a stray copy
            (None, _) => slot.hold = Some(hold),
        }
    }
}
