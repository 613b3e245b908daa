//! `img participant`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
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
            Ok(cli::print_participants(&Kind::ALL.map(|kind| line(kind, &site.config)), json))
        }
    }
}

/// Runs participants until somebody wants them to end, or one of them cannot go on.
async fn run(arguments: RunArguments, builders: Builders) -> Result<u8> {
    let wanted = read_all(&arguments.names, &arguments.site.config)?;
    // participants share files, and so warnings
    let warnings: BTreeSet<_> = wanted.iter().flat_map(Hosted::warnings).collect();
    warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let state = State::open(arguments.state)?;
    let owner = Owner::new(&state.owners()).context("cannot make a lock in the state folder")?;
    let host = Host { state, builders, owner: owner.name().to_owned(), user: user_name() };
    let (running, stop) = (Running::default(), CancellationToken::new());
    let mut made = Vec::new();
    for hosted in wanted {
        let name = hosted.name.clone();
        let worker = hosted.worker(&host, running.clone()).await;
        made.push((worker.with_context(|| format!("cannot run {name}"))?, name));
    }
    let mut workers = JoinSet::new();
    for (worker, name) in made {
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

/// Reads the configuration of all participants; the mistakes in all of them are told together.
fn read_all(names: &[String], config: &Path) -> Result<Vec<Hosted>> {
    let mut mistakes: Vec<String> = Vec::new();
    let mut wanted = Vec::new();
    for name in names {
        match Hosted::read(config, name) {
            Ok(hosted) => wanted.push(hosted),
            Err(error) => {
                let lines = format!("{error:#}");
                mistakes.extend(lines.lines().map(ToOwned::to_owned));
            }
        }
    }
    let mut told = std::collections::BTreeSet::new();
    mistakes.retain(|mistake| told.insert(mistake.clone())); // participants share files
    if mistakes.is_empty() { Ok(wanted) } else { bail!("{}", mistakes.join("\n")) }
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
