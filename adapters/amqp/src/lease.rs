//! Lets a job run longer than the broker lets us hold a message.
//!
//! Before the broker loses patience a copy of the message is put into the lease queue of this instance, taken from there,
//! and the older one acked: the broker's clock starts anew. When this process dies the copy is not held any longer; the
//! lease queue's time to live has passed, so it goes to `NAME.work` at once, where another instance takes it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tracing::{debug, warn};

use crate::held::{Hold, Place, Running};
use crate::intake::Taken;
use crate::names::Item;
use crate::session::Session;
use crate::topology::LEASE_TTL;

/// A job that runs this long gets a copy of our own: while it is held where it was taken from it takes one of the few places
/// for messages on their way here, and the engine's own message is transient.
const LONG: Duration = Duration::from_secs(5);

/// Renews the lease of every job that needs it soon.
pub(crate) fn renew_what_is_due(taken: &Arc<Taken>, session: &Arc<Session>) {
    let lease = session.settings.lease();
    let running: Vec<_> = taken.book().running.values().cloned().collect();
    for job in running {
        let Ok(slot) = job.slot.try_lock() else { continue }; // it is being renewed, or ends
        let due = slot.hold.as_ref().is_some_and(|hold| {
            let patience = if hold.place == Place::Lease { lease } else { lease.min(LONG) };
            hold.is_good() && hold.since.elapsed() >= patience
        });
        drop(slot);
        if due {
            tokio::spawn(renew(taken.clone(), session.clone(), job));
        }
    }
}

async fn renew(taken: Arc<Taken>, session: Arc<Session>, job: Arc<Running>) {
    let Ok(mut slot) = job.slot.try_lock() else { return };
    if slot.end.is_some() || !slot.hold.as_ref().is_some_and(Hold::is_good) {
        return;
    }
    let (sender, mut copy) = oneshot::channel();
    taken.book().copies.insert(job.item.id.clone(), sender);
    let lease = &taken.names.lease;
    // a copy is a repetition of what was delivered already
    let again = Item {
        id: job.item.id.clone(),
        body: job.item.body.clone(),
        properties: job.item.properties.clone(),
        repeat: true,
    };
    let renewed = match session.publish(lease, again.body.clone(), again.properties_to_move()).await {
        Ok(()) => match tokio::time::timeout(LEASE_TTL, &mut copy).await {
            Ok(copy) => copy.ok(),
            Err(_late) => {
                copy.close();
                copy.try_recv().ok() // it came at the last moment
            }
        },
        Err(error) => {
            warn!("cannot renew the lease of a job of {}: {error:?}", taken.names.skynet);
            None
        }
    };
    match renewed {
        Some(copy) => {
            let older = slot.hold.replace(copy);
            if let Some(older) = older {
                older.ack();
            }
            debug!("renewed the lease of a job of {}", taken.names.skynet);
        }
        None => drop(taken.book().copies.remove(&job.item.id)),
    }
}
