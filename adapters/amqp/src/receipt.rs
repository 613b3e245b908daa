//! What becomes of a message once its job ended.

use std::sync::Arc;

use async_trait::async_trait;
use lapin::types::{AMQPValue, LongString};
use participant_core::TransportError;
use participant_core::delivery::Receipt;
use tracing::{error, info};

use crate::held::{End, Hold, Place, Running};
use crate::intake::Taken;
use crate::names::{Item, REASON};
use crate::session::Session;
use crate::transport::unsent;

/// The duty to settle one message; dropped, it hands the message back.
pub(crate) struct Ticket {
    taken: Arc<Taken>,
    job: u64,
    running: Option<Arc<Running>>,
}

impl Ticket {
    pub(crate) fn new(taken: Arc<Taken>, job: u64, running: Arc<Running>) -> Ticket {
        Ticket { taken, job, running: Some(running) }
    }

    fn take(&mut self) -> (Arc<Taken>, Arc<Running>) {
        (self.taken.clone(), self.running.take().expect("a receipt is used once"))
    }
}

#[async_trait]
impl Receipt for Ticket {
    async fn ack(mut self: Box<Self>) -> Result<(), TransportError> {
        let (taken, running) = self.take();
        let mut slot = running.slot.lock().await;
        slot.end = Some(End::Acked);
        taken.book().settle(self.job);
        let heard = match slot.hold.take() {
            Some(hold) => hold.ack(),
            None => false,
        };
        if !heard {
            info!(
                "a job of {} ended while the broker was away; when it comes again it is dropped",
                taken.names.skynet
            );
        }
        Ok(())
    }

    async fn hand_back(mut self: Box<Self>) -> Result<(), TransportError> {
        let (taken, running) = self.take();
        hand_back(&taken, self.job, &running).await
    }

    async fn set_aside(mut self: Box<Self>, reason: &str) -> Result<(), TransportError> {
        let (taken, running) = self.take();
        let mut slot = running.slot.lock().await;
        slot.end = Some(End::Acked);
        taken.book().settle(self.job);
        let Some(hold) = slot.hold.take() else { return Ok(()) }; // it comes again
        if let Some(queue) = &taken.link.settings.dead_letters {
            match keep(&hold.session, queue, &running.item, reason).await {
                Ok(()) => {
                    hold.ack();
                    return Ok(());
                }
                Err(error) if hold.session.is_over() => return Err(error), // it comes again
                // kept here it would hold up everybody behind it
                Err(error) => error!("{error}: {}; the message is lost", error.source),
            }
        }
        if hold.place == Place::Lease {
            hold.ack(); // what expires or is rejected there would come back to us
        } else {
            hold.reject().await;
        }
        Ok(())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let (taken, job) = (self.taken.clone(), self.job);
        taken.book().running.remove(&job);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { hand_back(&taken, job, &running).await });
        }
    }
}

async fn hand_back(taken: &Taken, job: u64, running: &Running) -> Result<(), TransportError> {
    let mut slot = running.slot.lock().await;
    slot.end = Some(End::HandedBack);
    taken.book().running.remove(&job);
    match slot.hold.take() {
        Some(hold) if hold.is_good() => give_back(taken, &running.item, hold).await,
        // the broker has the copy we made
        Some(hold) if hold.place == Place::Lease => Ok(()),
        // the broker may have lost it in a restart; twice is better than never
        _ if running.item.is_transient() => send_again(taken, &running.item).await,
        _ => Ok(()),
    }
}

/// Sends a message anew that the broker does not hold for us any longer.
async fn send_again(taken: &Taken, item: &Item) -> Result<(), TransportError> {
    let alone = taken.book().desk.is_alone();
    let queue = if alone { &taken.names.skynet } else { &taken.names.work };
    let patience = taken.link.settings.publish_within;
    let again = |trouble| TransportError::new(format!("give a message back to {queue}"), trouble);
    let session = taken.link.session_within(patience).await.map_err(again)?;
    send_to(queue, &session, item).await
}

/// Lets another worker have a message.
pub(crate) async fn give_back(taken: &Taken, item: &Item, hold: Hold) -> Result<(), TransportError> {
    if hold.place == Place::Lease {
        // there it would only come to us again
        move_to_work(taken, &hold.session, item).await?;
        hold.ack();
    } else {
        hold.requeue().await;
    }
    Ok(())
}

/// Puts a message into our queue.
pub(crate) async fn move_to_work(
    taken: &Taken,
    session: &Session,
    item: &Item,
) -> Result<(), TransportError> {
    send_to(&taken.names.work, session, item).await
}

async fn send_to(queue: &str, session: &Session, item: &Item) -> Result<(), TransportError> {
    session
        .publish(queue, item.body.clone(), item.properties_to_move())
        .await
        .map_err(|error| unsent(&session.settings, queue, error))
}

/// Keeps a message for a person to look at.
async fn keep(session: &Session, queue: &str, item: &Item, reason: &str) -> Result<(), TransportError> {
    let properties = item.properties_to_move();
    let mut headers = properties.headers().clone().unwrap_or_default();
    headers.insert(REASON.into(), AMQPValue::LongString(LongString::from(reason)));
    session
        .publish(queue, item.body.clone(), properties.with_headers(headers))
        .await
        .map_err(|error| unsent(&session.settings, queue, error))
}
