//! Brings messages from the broker to the desk, for as long as one session lasts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery as Delivered;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::acks::Acks;
use crate::book::Known;
use crate::cancel;
use crate::cancel_message::is_cancel;
use crate::held::{Arrival, Hold, Place};
use crate::intake::Taken;
use crate::lease;
use crate::names::Item;
use crate::receipt::{give_back, move_to_work};
use crate::session::Session;
use crate::topology::{Own, Stream, Topology};
use crate::trouble::Trouble;
use crate::work::Work;

/// Feeds one queue, session after session, until `stop`.
pub(crate) async fn feed(taken: Arc<Taken>, stop: CancellationToken) {
    loop {
        let session = tokio::select! {
            session = taken.link.session() => session,
            () = stop.cancelled() => return,
        };
        let why = tokio::select! {
            why = feed_from(&taken, &session) => why,
            () = stop.cancelled() => None,
        };
        let waiting = taken.book().desk.clear();
        match why {
            Some(why) => session.fail(why),
            None => {
                for arrival in waiting {
                    let _ = give_back(&taken, &arrival.item, arrival.hold).await;
                }
                return;
            }
        }
    }
}

/// Feeds from one session until it breaks, and says why.
async fn feed_from(taken: &Arc<Taken>, session: &Arc<Session>) -> Option<Trouble> {
    let topology = match Topology::set_up(session, &taken.names).await {
        Ok(topology) => topology,
        Err(trouble) => return Some(trouble),
    };
    let older = topology.own.as_ref().is_some_and(|own| own.older);
    taken.book().desk.begin(topology.own.is_none(), older, Instant::now());
    taken.ready.send_replace(true);
    let feeder = Feeder { taken: taken.clone(), session: session.clone() };
    let fed = match topology.own {
        Some(own) => feeder.run(topology.skynet, own).await,
        None => feeder.run_alone(topology.skynet).await,
    };
    fed.err()
}

struct Feeder {
    taken: Arc<Taken>,
    session: Arc<Session>,
}

impl Feeder {
    async fn run(&self, mut skynet: Stream, mut own: Own) -> Result<(), Trouble> {
        let names = &self.taken.names;
        let lease = self.session.settings.lease();
        let mut renewals =
            tokio::time::interval((lease / 5).clamp(Duration::from_millis(100), Duration::from_secs(1)));
        let mut work: Option<Work> = None;
        loop {
            self.do_chores(&mut work).await?;
            let tick = self.taken.book().desk.next_tick();
            tokio::select! {
                next = skynet.consumer.next() => {
                    let delivered = self.expect(next, &names.skynet)?;
                    self.fresh(delivered, &skynet.channel, Some(&own));
                }
                next = Work::next(&mut work) => {
                    let (delivered, channel) = next;
                    let delivered = self.expect(delivered, &names.work)?;
                    self.arrived(delivered, &channel, Place::Work);
                }
                next = own.leases.consumer.next() => {
                    let delivered = self.expect(next, &names.lease)?;
                    self.arrived(delivered, &own.leases.channel, Place::Lease);
                }
                next = own.cancels.consumer.next() => {
                    let heard = self.expect(next, &names.cancel)?;
                    cancel::hear(&self.taken, &self.session, &heard);
                }
                _ = renewals.tick() => lease::renew_what_is_due(&self.taken, &self.session),
                () = self.taken.asked.notified() => {}
                () = until(tick) => {}
            }
        }
    }

    /// Where we may not make queues: everything waits at the desk.
    async fn run_alone(&self, mut skynet: Stream) -> Result<(), Trouble> {
        loop {
            let next = skynet.consumer.next().await;
            let delivered = self.expect(next, &self.taken.names.skynet)?;
            self.fresh(delivered, &skynet.channel, None);
        }
    }

    fn expect(
        &self,
        next: Option<Result<Delivered, lapin::Error>>,
        queue: &str,
    ) -> Result<Delivered, Trouble> {
        match next {
            Some(Ok(delivered)) => Ok(delivered),
            Some(Err(error)) => {
                Err(Trouble::during(&self.session.settings, &format!("take from `{queue}`"), &error))
            }
            None => Err(Trouble(format!(
                "the queue `{queue}` was deleted at the broker, or the connection closed"
            ))),
        }
    }

    /// Takes in a message of the SkyNET queue.
    fn fresh(&self, delivered: Delivered, channel: &Arc<Acks>, own: Option<&Own>) {
        if !is_cancel(&delivered.data) {
            return self.arrived(delivered, channel, Place::Skynet);
        }
        let mut delivered = delivered;
        let hold = Hold::new(Place::Skynet, &self.session, channel, &delivered);
        let item = Item::new(&mut delivered);
        let (taken, ear) = (self.taken.clone(), own.map(|own| own.ear.clone()));
        tokio::spawn(async move { cancel::judge(&taken, &item, hold, ear).await });
    }

    /// Takes in a message that is for the worker, if it is not known already.
    fn arrived(&self, mut delivered: Delivered, channel: &Arc<Acks>, place: Place) {
        let hold = Hold::new(place, &self.session, channel, &delivered);
        let item = Item::new(&mut delivered);
        let mut book = self.taken.book();
        if place == Place::Lease
            && let Some(waits) = book.copies.remove(&item.id)
        {
            if let Err(late) = waits.send(hold) {
                late.ack(); // the older one is still held
            }
            return;
        }
        match book.known(&item) {
            Known::Running(running) => drop(tokio::spawn(async move { running.meet_again(hold).await })),
            Known::Settled => {
                hold.ack();
            }
            Known::New => {
                let arrival = Arrival { item: Arc::new(item), hold };
                match place {
                    Place::Skynet => book.desk.put_fresh(arrival, Instant::now()),
                    Place::Work | Place::Lease => book.desk.put_older(arrival, Instant::now()),
                }
                self.taken.came.notify_one();
            }
        }
    }

    /// Moves and gives back what cannot wait; takes from our queue only while the worker wants it.
    async fn do_chores(&self, work: &mut Option<Work>) -> Result<(), Trouble> {
        let (chores, wanted) = {
            let mut book = self.taken.book();
            let was_open = book.desk.is_open();
            book.desk.set_used_up(work.as_ref().is_some_and(Work::is_used_up));
            let chores = book.desk.tick(Instant::now());
            if book.desk.is_open() && !was_open {
                self.taken.came.notify_one(); // new messages may be taken now
            }
            for arrival in &chores.moves {
                let correlation = arrival.item.correlation().unwrap_or_default().to_owned();
                book.moving.insert(arrival.item.id.clone(), correlation);
            }
            (chores, book.desk.wants_older())
        };
        if !chores.moves.is_empty() {
            let moves = chores.moves.into_iter();
            let moves = moves.map(|arrival| move_away(self.taken.clone(), self.session.clone(), arrival));
            let mut moves = Box::pin(join_all(moves));
            // all are sent now, in the order they came; a task waits for the confirms
            if moves.as_mut().now_or_never().is_none() {
                tokio::spawn(moves);
            }
        }
        if (!wanted || chores.starves)
            && let Some(work) = work.take()
        {
            work.close(&self.taken, &self.session).await?;
        }
        if wanted && work.is_none() {
            *work = Some(Work::open(&self.taken, &self.session).await?);
        }
        // only now, or they would come to us again
        for arrival in chores.returns {
            let taken = self.taken.clone();
            tokio::spawn(async move { give_back(&taken, &arrival.item, arrival.hold).await });
        }
        Ok(())
    }
}

/// Moves a message to our queue; it stays where it is until the broker has it there.
async fn move_away(taken: Arc<Taken>, session: Arc<Session>, arrival: Arrival) {
    match move_to_work(&taken, &session, &arrival.item).await {
        Ok(()) => {
            arrival.hold.ack();
        }
        Err(error) => {
            warn!("{error}: {}", error.source);
            // without our queue nothing works: make it again
            session.fail(Trouble(format!("cannot move messages to `{}`", taken.names.work)));
        }
    }
    taken.book().moving.remove(&arrival.item.id);
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
