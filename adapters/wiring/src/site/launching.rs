//! `[processes]`: what is launched for jobs, and where.

use std::time::Duration;

use anyhow::Result;
use config::Configuration;

use super::{Broker, broker, finish, seconds};

/// How the processes of jobs are launched.
#[derive(Debug)]
pub(crate) struct Launching {
    /// The BOSS; none for the engine of this machine.
    pub(crate) broker: Option<Broker>,
    /// The definition of the process that builds an image, when the site has its own.
    pub(crate) create_image: Option<String>,
    /// How long a job may be silent.
    pub(crate) lost_after: Duration,
    /// How long jobs are kept when they are over.
    pub(crate) keep: Option<Duration>,
}

/// Reads `[processes]`, and `[boss]` when it is there: then its engine gets the processes.
pub(crate) fn launching(site: &mut Configuration) -> Result<Launching> {
    let broker = site.text("boss", "amqp_host").map(|_| broker(site));
    let create_image = site.text("processes", "create_image_process").and_then(|file| {
        std::fs::read_to_string(&file)
            .map_err(|error| {
                site.mistake("processes", "create_image_process", format_args!("cannot be read: {error}"))
            })
            .ok()
    });
    finish(site)?;
    let lost_after = seconds(site, "processes", "lost_after").unwrap_or(Duration::from_secs(172_800));
    let keep =
        site.number("processes", "keep_days").map(|days| Duration::from_secs(days.saturating_mul(86_400)));
    Ok(Launching { broker, create_image, lost_after, keep })
}
