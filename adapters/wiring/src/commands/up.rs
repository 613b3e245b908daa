//! `img up`: everything of one machine, for as long as nobody stops it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use cli::{HereArguments, UpArguments};
use config::Configuration;
use tokio_util::sync::CancellationToken;

use super::signals::Signals;
use crate::machine::{Builders, Limits, Machine, user_name};
use crate::observe::InLog;
use crate::participants::{Host, build_image_of_site};
use crate::site;
use crate::state::State;

/// Works until it is told to stop.
pub(crate) async fn up(arguments: UpArguments, builders: Builders) -> Result<u8> {
    let site = configuration(&arguments.here)?;
    let state = State::open(arguments.state)?;
    let build_image = |owner: &str| {
        let host = Host { state: state.clone(), builders, owner: owner.to_owned(), user: user_name() };
        build_image_of_site(&site, &host)
    };
    let machine = Machine::open(&state, build_image).await?;
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    tracing::info!(
        "building what `img submit` hands over; images go to {}",
        base_dir(&site, &state).display()
    );
    let seconds = |section, key| site.number(section, key).map(Duration::from_secs);
    let limits = Limits {
        grace: seconds("participant", "grace").unwrap_or_default(),
        deadline: seconds("worker", "timeout"),
    };
    let log = InLog { participant: None, tally: Arc::default() };
    let mut serving = std::pin::pin!(machine.serve(&limits, Arc::new(log), stop.clone()));
    loop {
        tokio::select! {
            served = &mut serving => return served.map(|()| 0),
            _ = signals.next() => stop.cancel(),
        }
    }
}

/// Returns the folder below which `img up` puts images.
pub(crate) fn images(here: &HereArguments, state: &State) -> Result<PathBuf> {
    Ok(base_dir(&configuration(here)?, state))
}

fn base_dir(site: &Configuration, state: &State) -> PathBuf {
    site.text("worker", "base_dir").map_or_else(|| state.images(), PathBuf::from)
}

/// Reads the configuration, which may be missing: then all is as it is meant to be.
fn configuration(here: &HereArguments) -> Result<Configuration> {
    let site = site::read_machine(here.config.as_deref());
    site::finish(&site)?;
    Ok(site)
}
