//! The queues of one participant at the broker: declared, and consumed.

use std::sync::Arc;
use std::time::Duration;

use lapin::options::{
    BasicConsumeOptions, BasicQosOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use lapin::{Channel, Consumer, ExchangeKind, Queue};
use tracing::warn;

use crate::acks::Acks;
use crate::gavel::Gavel;
use crate::names::Names;
use crate::session::Session;
use crate::trouble::{Trouble, broker_says};

/// How long a lease waits for the instance that wrote it, before everybody may have its job.
pub(crate) const LEASE_TTL: Duration = Duration::from_secs(3);
/// The lease queue of a dead instance goes away after this time; its messages left it long before.
const LEASE_QUEUE_TTL: Duration = Duration::from_secs(600);

/// Longest name of a queue from which we can derive ours.
pub(crate) const LONGEST_NAME: usize = 200;

/// A consumer with the channel it is on.
pub(crate) struct Stream {
    pub(crate) channel: Arc<Acks>,
    pub(crate) consumer: Consumer,
}

/// What we consume.
pub(crate) struct Topology {
    pub(crate) skynet: Stream,
    /// Missing where we may not make queues.
    pub(crate) own: Option<Own>,
}

/// The queues of ours.
pub(crate) struct Own {
    pub(crate) leases: Stream,
    pub(crate) cancels: Stream,
    /// The name of the queue of this instance on which it hears of cancels.
    pub(crate) ear: ShortString,
    /// There were messages in the work queue already.
    pub(crate) older: bool,
}

impl Topology {
    pub(crate) async fn set_up(session: &Session, names: &Names) -> Result<Topology, Trouble> {
        skynet_queue(session, &names.skynet).await?;
        if let Some(queue) = &session.settings.dead_letters {
            skynet_queue(session, queue).await?;
        }
        let own = Own::set_up(session, names).await?;
        let ahead = session.settings.read_ahead;
        if own.is_none() {
            warn!(
                "the user `{}` may not make all of {}, {}, {}, {} and amq.gen-…: {ahead} messages of {} are read ahead, a \
                 cancel behind more than that is not seen; a job longer than the broker's consumer_timeout may be started twice",
                session.settings.user, names.work, names.cancel, names.gavel, names.lease, names.skynet,
            );
        }
        let skynet = Stream::open(session, &names.skynet, ahead, false).await?;
        Ok(Topology { skynet, own })
    }
}

impl Own {
    async fn set_up(session: &Session, names: &Names) -> Result<Option<Own>, Trouble> {
        match Own::declare(session, names).await {
            Ok((older, ear)) => {
                let leases = Stream::open(session, &names.lease, 0, false).await?;
                let cancels = Stream::open(session, ear.as_str(), 0, true).await?;
                Ok(Some(Own { leases, cancels, ear, older }))
            }
            Err(error) if matches!(broker_says(&error), Some((403, _))) => Ok(None),
            Err(error) => {
                let doing = format!("make the queues {}…", names.work);
                Err(Trouble::during(&session.settings, &doing, &error))
            }
        }
    }

    async fn declare(session: &Session, names: &Names) -> Result<(bool, ShortString), lapin::Error> {
        let work = match declare(session, &names.work, QueueDeclareOptions::durable(), FieldTable::default())
            .await
        {
            // somebody made it otherwise, with a limit perhaps: fine
            Err(error) if matches!(broker_says(&error), Some((406, _))) => {
                declare(session, &names.work, QueueDeclareOptions::durable().passive(), FieldTable::default())
                    .await?
            }
            work => work?,
        };
        let mut arguments = FieldTable::default();
        let millis = |time: Duration| AMQPValue::LongInt(time.as_millis().try_into().expect("minutes"));
        let text = |text: &str| AMQPValue::LongString(LongString::from(text));
        arguments.insert("x-message-ttl".into(), millis(LEASE_TTL));
        arguments.insert("x-expires".into(), millis(LEASE_QUEUE_TTL));
        arguments.insert("x-dead-letter-exchange".into(), text(""));
        arguments.insert("x-dead-letter-routing-key".into(), text(&names.work));
        declare(session, &names.lease, QueueDeclareOptions::durable(), arguments).await?;
        let channel = session.channel().await?;
        let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
        let cancel = ShortString::from(names.cancel.as_str());
        channel
            .exchange_declare(cancel.clone(), ExchangeKind::Fanout, durable, FieldTable::default())
            .await?;
        let ear =
            channel.queue_declare("".into(), QueueDeclareOptions::exclusive(), FieldTable::default()).await?;
        let ear = ear.name().clone();
        channel
            .queue_bind(ear.clone(), cancel, "".into(), QueueBindOptions::default(), FieldTable::default())
            .await?;
        // who may not have this one could not deal with a cancel
        if let Some(gavel) = Gavel::try_take(names, session).await? {
            gavel.give_back().await;
        }
        Ok((work.message_count() > 0, ear))
    }
}

/// Makes a durable queue without arguments; one that exists is used as it is.
pub(crate) async fn skynet_queue(session: &Session, queue: &str) -> Result<(), Trouble> {
    if queue.is_empty() || queue.len() > LONGEST_NAME {
        return Err(Trouble(format!(
            "the name of a queue has 1 to {LONGEST_NAME} bytes, and this has {}",
            queue.len()
        )));
    }
    let explain = |error| Trouble::during(&session.settings, &format!("use the queue `{queue}`"), &error);
    let there =
        declare(session, queue, QueueDeclareOptions::durable().passive(), FieldTable::default()).await;
    match there {
        Err(error) if matches!(broker_says(&error), Some((404, _))) => {
            let made = declare(session, queue, QueueDeclareOptions::durable(), FieldTable::default()).await;
            made.map(drop).map_err(|error| {
                Trouble::during(
                    &session.settings,
                    &format!("make the queue `{queue}`, which is not there"),
                    &error,
                )
            })
        }
        there => there.map(drop).map_err(explain),
    }
}

/// Declares a queue on a channel of its own, which a refusal closes.
pub(crate) async fn declare(
    session: &Session,
    queue: &str,
    options: QueueDeclareOptions,
    arguments: FieldTable,
) -> Result<Queue, lapin::Error> {
    let channel = session.channel().await?;
    let declared = channel.queue_declare(queue.into(), options, arguments).await?;
    channel.close(200, "done".into()).await?;
    Ok(declared)
}

impl Stream {
    /// Consumes a queue on a channel of its own; `ahead` messages may be unsettled, any number when 0.
    pub(crate) async fn open(
        session: &Session,
        queue: &str,
        ahead: u16,
        no_ack: bool,
    ) -> Result<Stream, Trouble> {
        let explain = |error| Trouble::during(&session.settings, &format!("consume `{queue}`"), &error);
        let channel = session.channel().await.map_err(explain)?;
        Stream::on(session, channel, queue, ahead, no_ack).await.map_err(explain)
    }

    /// Consumes a queue on a channel.
    pub(crate) async fn on(
        session: &Session,
        channel: Channel,
        queue: &str,
        ahead: u16,
        no_ack: bool,
    ) -> Result<Stream, lapin::Error> {
        channel.basic_qos(ahead, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions { no_ack, ..Default::default() };
        let consumer = channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
        Ok(Stream { channel: Acks::new(channel, session.acks.clone()).into(), consumer })
    }
}
