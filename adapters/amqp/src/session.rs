//! One connection to the broker, from its opening to the first thing that breaks it.
//!
//! Nothing is repaired inside a session: whatever goes wrong ends it as a whole, and [`crate::link`] makes a new one.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::ConfirmSelectOptions;
use lapin::tcp::{OwnedIdentity, OwnedTLSConfig};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Event};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use crate::publisher::{Publication, Unsent, publish_all};
use crate::settings::{Settings, Tls};
use crate::trouble::Trouble;

/// How many messages may wait to be sent before senders have to wait themselves.
const OUTBOX: usize = 1024;
/// How long a stop waits for the broker to have all acks: one that is busy with its disk took more than five seconds, and
/// what it does not hear of is delivered again.
const FLUSHING: Duration = Duration::from_secs(20);

pub(crate) struct Session {
    pub(crate) settings: Arc<Settings>,
    connection: Connection,
    outbox: mpsc::Sender<Publication>,
    /// Acks on their way out.
    pub(crate) acks: TaskTracker,
    broken: CancellationToken,
    why: OnceLock<Trouble>,
}

impl Session {
    /// Connects, within `patience`.
    pub(crate) async fn open(settings: Arc<Settings>, patience: Duration) -> Result<Arc<Session>, Trouble> {
        let opening = Session::connect(settings.clone());
        tokio::time::timeout(patience, opening)
            .await
            .unwrap_or_else(|_| Err(Trouble::silent(&settings, patience)))
    }

    async fn connect(settings: Arc<Settings>) -> Result<Arc<Session>, Trouble> {
        let explain = |error| Trouble::connecting(&settings, &error);
        settings.check()?;
        let tls = tls_config(settings.tls.as_ref())?;
        let name = format!("skynet-amqp {}", env!("CARGO_PKG_VERSION"));
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let runtime = lapin::runtime::default_runtime().map_err(explain)?;
        let connection = Connection::connect_uri_with_config(settings.uri(), properties, tls, runtime)
            .await
            .map_err(explain)?;
        let channel = connection.create_channel().await.map_err(explain)?;
        channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(explain)?;
        let (outbox, inbox) = mpsc::channel(OUTBOX);
        tokio::spawn(publish_all(channel, inbox));
        let events = connection.events_listener();
        let session = Arc::new(Session {
            settings,
            connection,
            outbox,
            acks: TaskTracker::new(),
            broken: CancellationToken::new(),
            why: OnceLock::new(),
        });
        tokio::spawn(watch(Arc::downgrade(&session), Box::pin(events)));
        Ok(session)
    }

    /// Opens another channel.
    pub(crate) async fn channel(&self) -> Result<Channel, lapin::Error> {
        self.connection.create_channel().await
    }

    /// Sends a persistent message to a queue and waits until the broker has it.
    pub(crate) async fn publish(
        &self,
        queue: &str,
        body: Arc<Vec<u8>>,
        properties: BasicProperties,
    ) -> Result<(), Unsent> {
        self.send("", queue, true, body, properties.with_delivery_mode(2)).await
    }

    /// Sends a message wherever the exchange leads it.
    pub(crate) async fn send(
        &self,
        exchange: &str,
        key: &str,
        mandatory: bool,
        body: Arc<Vec<u8>>,
        properties: BasicProperties,
    ) -> Result<(), Unsent> {
        let (done, confirmed) = oneshot::channel();
        let publication = Publication {
            exchange: exchange.to_owned(),
            key: key.to_owned(),
            mandatory,
            body,
            properties,
            done,
        };
        if self.outbox.send(publication).await.is_err() {
            return Err(Unsent::Broken(gone()));
        }
        let result = confirmed.await.unwrap_or_else(|_| Err(Unsent::Broken(gone())));
        if let Err(Unsent::Broken(error)) = &result {
            let place = if exchange.is_empty() { key } else { exchange };
            self.fail(Trouble::during(&self.settings, &format!("publish to `{place}`"), error));
        }
        result
    }

    /// Ends the session; the first reason counts.
    pub(crate) fn fail(&self, why: Trouble) {
        let _ = self.why.set(why);
        self.broken.cancel();
    }

    /// Tells whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        self.broken.is_cancelled()
    }

    /// Waits for its end, closes what is left of it, and says why.
    pub(crate) async fn ended(&self) -> Trouble {
        self.broken.cancelled().await;
        self.close().await;
        self.why.get().cloned().unwrap_or_else(|| Trouble::new("the session was closed"))
    }

    /// Waits until the broker has all acks, and a little longer: it reads them in order, so it has them when it answers
    /// a question that was asked after them.
    pub(crate) async fn flush(&self) {
        let asked = async {
            self.acks.close();
            self.acks.wait().await;
            self.acks.reopen();
            self.channel().await?.close(200, "done".into()).await
        };
        tokio::select! {
            _ = tokio::time::timeout(FLUSHING, asked) => {}
            () = self.broken.cancelled() => {} // nobody answers any more
        }
    }

    /// Closes the connection; what is not acked by then goes back.
    pub(crate) async fn close(&self) {
        self.broken.cancel();
        self.acks.close();
        let closing = async {
            self.acks.wait().await;
            self.connection.close(200, "done".into()).await
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), closing).await;
    }
}

fn gone() -> lapin::Error {
    lapin::ErrorKind::InvalidConnectionState(lapin::ConnectionState::Closed).into()
}

/// Ends the session when lapin says that the connection broke.
async fn watch(
    session: std::sync::Weak<Session>,
    mut events: impl futures_util::Stream<Item = Event> + Unpin,
) {
    while let Some(event) = events.next().await {
        let Some(session) = session.upgrade() else { break };
        match event {
            // whoever uses the channel hears of it too
            Event::Error(error) if error.is_amqp_soft_error() => {}
            Event::Error(error) => session.fail(Trouble::during(&session.settings, "go on", &error)),
            Event::ConnectionBlocked(why) => {
                warn!("RabbitMQ at {} takes no messages for now: {why}", session.settings.address());
            }
            Event::ConnectionUnblocked => {
                warn!("RabbitMQ at {} takes messages again", session.settings.address());
            }
            _ => {}
        }
    }
}

fn tls_config(tls: Option<&Tls>) -> Result<OwnedTLSConfig, Trouble> {
    let read = |file: &std::path::Path| {
        std::fs::read(file).map_err(|error| Trouble(format!("cannot read {}: {error}", file.display())))
    };
    let Some(tls) = tls else { return Ok(OwnedTLSConfig::default()) };
    let cert_chain = match &tls.authority {
        Some(file) => Some(String::from_utf8_lossy(&read(file)?).into_owned()),
        None => None,
    };
    let identity = match &tls.identity {
        Some((pem, key)) => Some(OwnedIdentity::PKCS8 { pem: read(pem)?, key: read(key)? }),
        None => None,
    };
    Ok(OwnedTLSConfig { identity, cert_chain })
}
