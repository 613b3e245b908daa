//! One participant on the RabbitMQ of a site, from its configuration to its worker.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use config::Configuration;
use participant_core::Exo;
use participant_core::exo::Running;
use skynet_amqp::AmqpTransport;

use crate::observe::InLog;
use crate::participants::{Host, Kind};
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
    grace: Duration,
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
        let (kind, broker) = Hosted::check(&mut site, name)?;
        site::finish(&site)?;
        let seconds = |section, key| site.number(section, key).map(Duration::from_secs);
        Ok(Hosted {
            name: name.to_owned(),
            kind,
            queue: site.text("participant", "queue").unwrap_or_else(|| name.to_owned()),
            broker,
            concurrency: site
                .number("participant", "concurrency")
                .and_then(|jobs| jobs.try_into().ok())
                .unwrap_or(1),
            grace: seconds("participant", "grace").unwrap_or_default(),
            deadline: seconds("worker", "timeout").filter(|_| kind == Kind::BuildImage),
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

    /// Makes the participant and its worker, which notes its jobs in `running`.
    pub(crate) async fn worker(mut self, host: &Host, running: Running) -> Result<Exo> {
        let participant = self.kind.make(&mut self.site, host).await?;
        let rabbit = Arc::new(AmqpTransport::new(self.broker.settings));
        tracing::info!("{} takes workitems from the queue `{}`", self.name, self.queue);
        let exo = Exo::new(self.queue, participant, rabbit.clone(), rabbit)
            .observed_by(Arc::new(InLog { participant: self.name }))
            .concurrency(self.concurrency)
            .grace(self.grace)
            .sharing(running);
        Ok(match self.deadline {
            Some(deadline) => exo.deadline(deadline),
            None => exo,
        })
    }
}
