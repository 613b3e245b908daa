//! One taken queue as its worker sees it.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use async_trait::async_trait;
use participant_core::{Delivery, Intake, TransportError};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use crate::book::{Book, Known};
use crate::doubt;
use crate::held::Running;
use crate::link::Link;
use crate::names::Names;
use crate::receipt::Ticket;

/// What worker, receipts and feeder of one queue share.
pub(crate) struct Taken {
    pub(crate) names: Names,
    pub(crate) link: Arc<Link>,
    book: Mutex<Book>,
    /// Something came for the worker.
    pub(crate) came: Notify,
    /// The worker asks: there may be something to do for the feeder.
    pub(crate) asked: Notify,
    /// Everything was declared at least once.
    pub(crate) ready: watch::Sender<bool>,
    /// One cancel after the other.
    pub(crate) court: tokio::sync::Mutex<()>,
    /// A few questions to the viewer at a time.
    pub(crate) turns: Semaphore,
}

impl Taken {
    pub(crate) fn new(queue: &str, link: Arc<Link>) -> Taken {
        Taken {
            names: Names::new(queue),
            link,
            book: Mutex::new(Book::new(Instant::now())),
            came: Notify::new(),
            asked: Notify::new(),
            ready: watch::Sender::new(false),
            court: tokio::sync::Mutex::new(()),
            turns: Semaphore::new(doubt::AT_A_TIME),
        }
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Gives the worker its next message, if there is one.
    fn pick(self: &Arc<Taken>) -> Option<Delivery> {
        let mut book = self.book();
        loop {
            let Some(arrival) = book.desk.ask(Instant::now()) else {
                if book.desk.waits_for_asking() {
                    self.asked.notify_one();
                }
                return None;
            };
            match book.known(&arrival.item) {
                Known::New => {
                    let item = arrival.item.clone();
                    let running = Arc::new(Running::new(arrival));
                    let job = book.start(running.clone());
                    doubt::look_after(self, &running);
                    let cancelled = running.cancelled.clone();
                    let ticket = Ticket::new(self.clone(), job, running);
                    let mut delivery = Delivery::new(item.body.as_ref().clone(), Box::new(ticket));
                    delivery.message_id = item.properties.message_id().as_ref().map(ToString::to_string);
                    delivery.redelivered = item.repeat;
                    delivery.cancelled = cancelled;
                    return Some(delivery);
                }
                // it became known while it waited
                Known::Running(running) => {
                    tokio::spawn(async move { running.meet_again(arrival.hold).await });
                }
                Known::Settled => {
                    arrival.hold.ack();
                }
            }
        }
    }
}

/// Hands one message after the other to a worker.
pub(crate) struct AmqpIntake {
    pub(crate) taken: Arc<Taken>,
    pub(crate) feeder: JoinHandle<()>,
    pub(crate) stop: DropGuard,
}

#[async_trait]
impl Intake for AmqpIntake {
    async fn next(&mut self) -> Result<Delivery, TransportError> {
        let _asking = Asking(&self.taken);
        loop {
            if let Some(delivery) = self.taken.pick() {
                return Ok(delivery);
            }
            self.taken.came.notified().await;
        }
    }

    async fn close(self: Box<Self>) {
        self.stop.disarm().cancel();
        let _ = self.feeder.await;
        self.taken.link.flush().await;
    }
}

/// Takes the question back when the worker stops listening.
struct Asking<'a>(&'a Taken);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.book().desk.stop_asking(Instant::now());
    }
}
