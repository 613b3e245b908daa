//! One participant on the RabbitMQ of a site, from its configuration to its worker.

use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use participant_core::Exo;
use participant_core::exo::Running;
use skynet_amqp::AmqpTransport;

use crate::observe::InLog;
use crate::participants::{Host, Kind};
use crate::site::{Broker, Site, broker};

/// How long running jobs may go on after the program was told to end.
const GRACE: Duration = Duration::from_secs(30);

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
    site: Site,
}

impl Hosted {
    /// Reads the configuration of one participant; nothing is opened or connected.
    pub(crate) fn read(file: &Path, name: &str) -> Result<Hosted> {
        let mut site = Site::read(file, Some(name))?;
        let kind = Kind::find(name, site.text("participant", "code").as_deref())?;
        let seconds = |site: &mut Site, section: &str, key| {
            site.parsed(section, key, "a number of seconds").map(Duration::from_secs)
        };
        let mut hosted = Hosted {
            name: name.to_owned(),
            kind,
            queue: site.text("participant", "queue").unwrap_or_else(|| name.to_owned()),
            broker: broker(&mut site),
            concurrency: site
                .parsed::<NonZeroU16>("participant", "concurrency", "a number of jobs from 1 to 65535")
                .map_or(1, |jobs| jobs.get().into()),
            grace: seconds(&mut site, "participant", "grace").unwrap_or(GRACE),
            deadline: match kind {
                Kind::BuildImage => seconds(&mut site, "worker", "timeout"),
                _ => None,
            },
            site,
        };
        hosted.kind.check(&mut hosted.site);
        hosted.site.finish()?;
        Ok(hosted)
    }

    /// Makes the participant and its worker, which notes its jobs in `running`.
    pub(crate) async fn worker(mut self, host: &Host, running: Running) -> Result<Exo> {
        let participant = self.kind.make(&mut self.site, host).await?;
        let rabbit = Arc::new(AmqpTransport::new(self.broker.settings));
        tracing::info!("{} takes workitems from the queue `{}`", self.name, self.queue);
        let exo = Exo::new(self.queue, participant, rabbit.clone(), rabbit)
            .observed_by(Arc::new(InLog))
            .concurrency(self.concurrency)
            .grace(self.grace)
            .sharing(running);
        Ok(match self.deadline {
            Some(deadline) => exo.deadline(deadline),
            None => exo,
        })
    }
}
