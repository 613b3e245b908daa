//! `img participant`.

use std::path::Path;

use anyhow::{Context, Result};
use cli::{ParticipantCommand, ParticipantLine, RunArguments};
use local_queue::Owner;
use participant_core::exo::Running;
use participant_core::{CancellationToken, Stop};
use tokio::task::JoinSet;

use super::signals::Signals;
use crate::hosted::Hosted;
use crate::machine::{Builders, user_name};
use crate::participants::{Host, Kind};
use crate::state::State;

/// Does what was asked for.
pub(crate) async fn participant(command: ParticipantCommand, builders: Builders) -> Result<u8> {
    match command {
        ParticipantCommand::Run(arguments) => run(arguments, builders).await,
        ParticipantCommand::List { site, json } => {
            cli::print_participants(&Kind::ALL.map(|kind| line(kind, &site.config)), json);
            Ok(0)
        }
    }
}

/// Runs participants until somebody wants them to end, or one of them cannot go on.
async fn run(arguments: RunArguments, builders: Builders) -> Result<u8> {
    let mut wanted = Vec::new();
    for name in &arguments.names {
        wanted
            .push(Hosted::read(&arguments.site.config, name).with_context(|| format!("cannot run {name}"))?);
    }
    let state = State::open(arguments.state)?;
    let owner = Owner::new(&state.owners()).context("cannot make a lock in the state folder")?;
    let host = Host { state, builders, owner: owner.name().to_owned(), user: user_name() };
    let (running, stop) = (Running::default(), CancellationToken::new());
    let mut workers = JoinSet::new();
    for hosted in wanted {
        let name = hosted.name.clone();
        let worker = hosted.worker(&host, running.clone()).await;
        let worker = worker.with_context(|| format!("cannot run {name}"))?;
        let stop = stop.clone();
        workers.spawn(async move { worker.run(stop).await.with_context(|| format!("{name} cannot go on")) });
    }
    let mut signals = Signals::listen()?;
    let mut ended = Ok(());
    loop {
        tokio::select! {
            worker = workers.join_next() => match worker {
                None => break,
                Some(worker) => {
                    ended = ended.and(worker?);
                    stop.cancel();
                }
            },
            _ = signals.next() => end(&stop, &running),
        }
    }
    ended.map(|()| 0)
}

/// Takes no more work; asked again, it hands back at once what still runs.
fn end(stop: &CancellationToken, running: &Running) {
    if stop.is_cancelled() {
        tracing::warn!("handing running jobs back");
        running.stop_all(&Stop::Shutdown);
    } else {
        tracing::info!("ending: no more workitems are taken, running jobs may finish");
        stop.cancel();
    }
}

/// Says how a participant is configured, as far as that can be read.
fn line(kind: Kind, config: &Path) -> ParticipantLine {
    let (queue, note) = match Hosted::read(config, kind.name()) {
        Ok(hosted) => (Some(hosted.queue), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    ParticipantLine { name: kind.name(), does: kind.does(), queue, note }
}
