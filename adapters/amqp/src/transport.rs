//! RabbitMQ as a [`Transport`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lapin::BasicProperties;
use participant_core::{ENGINE_QUEUE, Intake, Message, Transport, TransportError};
use tokio_util::sync::CancellationToken;

use crate::feeder::feed;
use crate::intake::{AmqpIntake, Taken};
use crate::link::Link;
use crate::publisher::Unsent;
use crate::settings::Settings;
use crate::topology::{LONGEST_NAME, skynet_queue};
use crate::trouble::Trouble;

/// How long the broker may think about a message before we ask again.
const LONGEST_CONFIRM: Duration = Duration::from_secs(60);

/// The queues of a RabbitMQ. Clones share one connection, which is made again whenever it breaks.
#[derive(Clone)]
pub struct AmqpTransport {
    link: Arc<Link>,
}

impl AmqpTransport {
    /// Starts to connect, inside a tokio runtime, and goes on trying for as long as a clone of this is there.
    pub fn new(settings: Settings) -> AmqpTransport {
        AmqpTransport { link: Arc::new(Link::new(settings)) }
    }

    /// Makes a queue as SkyNET does, when it is not there: the engine drops workitems for a queue that is missing.
    pub async fn declare(&self, queue: &str) -> Result<(), TransportError> {
        let away = |trouble| TransportError::new(format!("make the queue {queue}"), trouble);
        let session = self.link.session_within(self.link.settings.publish_within).await.map_err(away)?;
        skynet_queue(&session, queue).await.map_err(away)
    }

    /// Returns what is wrong with the broker now, in a sentence for a person.
    pub fn trouble(&self) -> Option<String> {
        self.link.trouble().map(|trouble| trouble.0)
    }
}

#[async_trait]
impl Transport for AmqpTransport {
    /// Makes the queue when it is not there, and takes from it; waits a little for the broker, no longer: whoever is
    /// away now may come back.
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        if queue.is_empty() || queue.len() > LONGEST_NAME {
            let why = format!("the name of a queue has 1 to {LONGEST_NAME} bytes");
            return Err(TransportError::new(format!("take from {queue}"), why));
        }
        let taken = Arc::new(Taken::new(queue, self.link.clone()));
        let stop = CancellationToken::new();
        let feeder = tokio::spawn(feed(taken.clone(), stop.clone()));
        let mut ready = taken.ready.subscribe();
        let patience = self.link.settings.publish_within;
        let _ = tokio::time::timeout(patience, ready.wait_for(|ready| *ready)).await;
        Ok(Box::new(AmqpIntake { taken, feeder, stop: stop.drop_guard() }))
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        let settings = &self.link.settings;
        let doing = || format!("publish to {}", message.queue);
        let away = |trouble| TransportError::new(doing(), trouble);
        if message.queue.len() > usize::from(u8::MAX) {
            return Err(TransportError::new(doing(), "the name of the queue is too long"));
        }
        let mut properties = BasicProperties::default();
        if let Some(id) = message.id.as_ref().filter(|id| id.len() <= usize::from(u8::MAX)) {
            properties = properties.with_message_id(id.as_str().into());
        }
        let session = self.link.session_within(settings.publish_within).await.map_err(away)?;
        let sending = session.publish(&message.queue, message.body.clone().into(), properties);
        match tokio::time::timeout(LONGEST_CONFIRM, sending).await {
            Ok(sent) => sent.map_err(|error| unsent(settings, &message.queue, error)),
            Err(_) => Err(away(Trouble::silent(settings, LONGEST_CONFIRM))),
        }
    }
}

impl std::fmt::Debug for AmqpTransport {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("AmqpTransport").field("settings", &self.link.settings).finish()
    }
}

/// Explains why a message is not in its queue.
pub(crate) fn unsent(settings: &Settings, queue: &str, why: Unsent) -> TransportError {
    let trouble = match why {
        Unsent::NoQueue => {
            let so = if queue == ENGINE_QUEUE { ": no BOSS has run there yet" } else { "" };
            Trouble(format!("there is no queue `{queue}` in the virtual host `{}`{so}", settings.vhost))
        }
        Unsent::Refused => Trouble(format!("RabbitMQ did not take it: the queue `{queue}` may be full")),
        Unsent::Broken(error) => Trouble::during(settings, &format!("publish to `{queue}`"), &error),
    };
    TransportError::new(format!("publish to {queue}"), trouble)
}
