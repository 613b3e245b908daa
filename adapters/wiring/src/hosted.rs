//! One participant on the RabbitMQ of a site, from its configuration to its worker.

mod fixed;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use config::Configuration;
use participant_core::exo::Running;
use participant_core::{Exo, Participant};
use skynet_amqp::AmqpTransport;

pub(crate) use self::fixed::Fixed;
use crate::observe::{InLog, Tally};
use crate::participants::{Host, Kind};
use crate::replaceable::Replaceable;
use crate::site::{self, Broker, broker};

/// What a participant is configured as.
#[derive(Debug)]
pub(crate) struct Hosted {
    /// The name it was asked for by.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) queue: String,
    pub(crate) broker: Broker,
    concurrency: usize,
    /// How long its jobs may go on once it is to end.
    pub(crate) grace: Duration,
    /// Where it is to show how it does.
    pub(crate) listen: Option<SocketAddr>,
    deadline: Option<Duration>,
    site: Configuration,
}

impl Hosted {
    /// Reads the configuration of one participant; nothing is opened or connected.
    pub(crate) fn read(file: &Path, name: &str) -> Result<Hosted> {
        Hosted::of(site::read(file, Some(name)), name)
    }

    /// Takes what a configuration says of a participant. All mistakes in what it needs are told at once.
    pub(crate) fn of(mut site: Configuration, name: &str) -> Result<Hosted> {
        let checked = Hosted::check(&mut site, name);
        site::finish(&site)?; // first: who it is may stand in a file with a mistake
        let (kind, broker) = checked?;
        Ok(Hosted {
            name: name.to_owned(),
            kind,
            queue: site.text("participant", "queue").unwrap_or_else(|| name.to_owned()),
            broker,
            concurrency: site
                .number("participant", "concurrency")
                .and_then(|jobs| jobs.try_into().ok())
                .unwrap_or(1),
            grace: site::seconds(&site, "participant", "grace").unwrap_or_default(),
            listen: site::metrics_listen(&site),
            deadline: site::seconds(&site, "worker", "timeout").filter(|_| kind == Kind::BuildImage),
            site,
        })
    }

    /// Notes what is wrong with a configuration for a participant of this program; there may be none of that name.
    pub(crate) fn check(site: &mut Configuration, name: &str) -> Result<(Kind, Broker)> {
        let code = site.text("participant", "code");
        let kind = Kind::find(name, code.as_deref())?;
        let broker = broker(site);
        kind.check(site);
        Ok((kind, broker))
    }

    /// Returns what a person should know of its configuration.
    pub(crate) fn warnings(&self) -> &[String] {
        self.site.warnings()
    }

    /// Returns what a program that runs cannot change.
    pub(crate) fn fixed(&self) -> Fixed {
        Fixed::of(&self.site)
    }

    /// Makes the participant.
    pub(crate) async fn participant(&mut self, host: &Host) -> Result<Arc<dyn Participant>> {
        self.kind.make(&mut self.site, host).await
    }

    /// Makes the participant and its worker, which notes its jobs in `running` and counts them in `tally`.
    pub(crate) async fn worker(mut self, host: &Host, running: Running, tally: Arc<Tally>) -> Result<Worker> {
        let participant = Arc::new(Replaceable::new(self.participant(host).await?));
        let fixed = self.fixed();
        let rabbit = Arc::new(AmqpTransport::new(self.broker.settings));
        tracing::info!("{} takes workitems from the queue `{}`", self.name, self.queue);
        let exo = Exo::new(&self.queue, participant.clone(), rabbit.clone(), rabbit.clone())
            .observed_by(Arc::new(InLog { participant: Some(self.name.clone()), tally }))
            .concurrency(self.concurrency)
            .grace(self.grace)
            .sharing(running);
        let exo = match self.deadline {
            Some(deadline) => exo.deadline(deadline),
            None => exo,
        };
        Ok(Worker { exo, post: Post { name: self.name, queue: self.queue, participant, rabbit, fixed } })
    }
}

/// A participant that can begin to work.
pub(crate) struct Worker {
    pub(crate) exo: Exo,
    pub(crate) post: Post,
}

/// A participant at work, for those who look after it.
pub(crate) struct Post {
    /// The name it was asked for by.
    pub(crate) name: String,
    pub(crate) queue: String,
    pub(crate) participant: Arc<Replaceable>,
    rabbit: Arc<AmqpTransport>,
    /// What it began with.
    pub(crate) fixed: Fixed,
}

impl Post {
    /// Says what keeps workitems from coming.
    pub(crate) fn trouble(&self) -> Option<String> {
        let waits = || (!self.participant.started()).then(|| "it has not answered yet".to_owned());
        self.rabbit.trouble().or_else(waits)
    }

    /// Tells whether it is known if the broker can be reached.
    pub(crate) fn knows(&self) -> bool {
        self.participant.started() || self.rabbit.trouble().is_some()
    }
}
