//! Acks the messages of one channel, those next to each other with one word to the broker.
//!
//! Answers come in bursts, as the broker confirms the replies; an ack each costs the broker and us more than the message.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use lapin::Channel;
use lapin::options::BasicAckOptions;
use tokio_util::task::TaskTracker;

/// A channel messages are taken from.
pub(crate) struct Acks {
    pub(crate) channel: Channel,
    ledger: Mutex<Ledger>,
    /// Whoever closes the connection waits for what is still to be said.
    under_way: TaskTracker,
}

impl Acks {
    pub(crate) fn new(channel: Channel, under_way: TaskTracker) -> Acks {
        Acks { channel, ledger: Mutex::default(), under_way }
    }

    /// Removes a message; the broker hears of it soon.
    pub(crate) fn ack(self: Arc<Acks>, tag: u64) {
        let nobody_tells = {
            let mut ledger = self.ledger();
            ledger.done.insert(tag);
            !std::mem::replace(&mut ledger.told, true)
        };
        if nobody_tells {
            self.under_way.clone().spawn(self.tell());
        }
    }

    /// Notes that a message was settled otherwise.
    pub(crate) fn pass(&self, tag: u64) {
        self.ledger().pass(tag);
    }

    async fn tell(self: Arc<Acks>) {
        loop {
            tokio::task::yield_now().await; // whoever is awake may have more
            let acks = self.ledger().next_acks();
            if acks.is_empty() {
                return;
            }
            for (tag, multiple) in acks {
                // when that fails the channel is gone, and all that was held on it
                let _ = self.channel.basic_ack(tag, BasicAckOptions { multiple }).await;
            }
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Which messages of a channel are settled; they are counted from 1.
#[derive(Default)]
struct Ledger {
    /// All up to this one.
    up_to: u64,
    /// And these, that come later.
    apart: BTreeSet<u64>,
    /// Done with, and the broker has not heard of it.
    done: BTreeSet<u64>,
    /// Somebody is about to tell it.
    told: bool,
}

impl Ledger {
    fn pass(&mut self, tag: u64) {
        self.apart.insert(tag);
        while self.apart.remove(&(self.up_to + 1)) {
            self.up_to += 1;
        }
    }

    /// Returns what to tell the broker: a number, and whether all before it are meant too. Nothing means that nobody tells
    /// it any more.
    fn next_acks(&mut self) -> Vec<(u64, bool)> {
        let done = std::mem::take(&mut self.done);
        done.iter().for_each(|tag| self.pass(*tag));
        let together = done.range(..=self.up_to);
        let last = together.clone().next_back();
        let mut acks: Vec<_> = last.map(|tag| (*tag, together.count() > 1)).into_iter().collect();
        acks.extend(done.range(self.up_to + 1..).map(|tag| (*tag, false)));
        self.told = !acks.is_empty();
        acks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_acked_together_and_nobody_else_is() {
        let mut ledger = Ledger::default();
        let mut acks = |done: &[u64], passed: &[u64]| {
            passed.iter().for_each(|tag| ledger.pass(*tag));
            ledger.done.extend(done);
            ledger.next_acks()
        };
        assert_eq!(acks(&[1], &[]), [(1, false)]);
        assert_eq!(acks(&[4, 2, 3], &[]), [(4, true)]);
        assert_eq!(acks(&[7, 6, 9], &[]), [(6, false), (7, false), (9, false)], "5 is not settled");
        assert_eq!(acks(&[5], &[]), [(5, false)]);
        assert_eq!(acks(&[11], &[8, 10]), [(11, false)], "requeued, acked, requeued, now");
        assert_eq!(acks(&[13, 14], &[12]), [(14, true)]);
        assert_eq!(acks(&[], &[]), []);
    }
}
