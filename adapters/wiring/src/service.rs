//! Participants as a service, from the start of the program to its end.

mod crew;
mod ending;
mod health;
mod notify;
mod pulse;
mod reload;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};
use cli::RunArguments;
use local_queue::Owner;
use participant_core::exo::Running;
use tokio::task::JoinSet;

use self::crew::Crew;
use self::ending::Ending;
use self::pulse::Pulse;
use self::reload::Reloads;
use crate::commands::{Signals, Wish};
use crate::hosted::{Hosted, Worker};
use crate::machine::{Builders, user_name};
use crate::observe::Tally;
use crate::participants::Host;
use crate::state::State;

/// Runs participants until somebody wants them to end, or one of them cannot go on.
pub(crate) async fn run(arguments: RunArguments, builders: Builders) -> Result<u8> {
    let signals = Signals::listen()?;
    let RunArguments { names, site, state } = arguments;
    let wanted = read_all(&names, &site.config)?;
    let state = State::open(state)?;
    let owner = Owner::new(&state.owners()).context("cannot make a lock in the state folder")?;
    let host = Host { state, builders, owner: owner.name().to_owned(), user: user_name() };
    let listen = health::one_address(&wanted)?;
    let running = Running::default();
    let grace = wanted.iter().map(|hosted| hosted.grace).max().unwrap_or_default();
    let ending = Ending::new(running.clone(), grace);
    let tally = Arc::<Tally>::default();
    let mut made = Vec::new();
    for hosted in wanted {
        let name = hosted.name.clone();
        let worker = hosted.worker(&host, running.clone(), tally.clone()).await;
        made.push(worker.with_context(|| format!("cannot run {name}"))?);
    }
    let (exos, posts): (Vec<_>, Vec<_>) =
        made.into_iter().map(|worker: Worker| (worker.exo, worker.post)).unzip();
    let outdated = AtomicBool::new(false);
    let crew = Arc::new(Crew { posts, tally, stop: ending.stop.clone(), outdated });
    let pulse = Pulse::new();
    let _monitor = health::show(listen, &crew, &pulse).await?;
    let mut workers = JoinSet::new();
    for (exo, post) in exos.into_iter().zip(&crew.posts) {
        let (stop, name, pulse) = (ending.stop.clone(), post.name.clone(), pulse.clone());
        workers.spawn(async move {
            let ended = pulse.beating(&name, exo.run(stop)).await;
            ended.with_context(|| format!("{name} cannot go on"))
        });
    }
    let reloads = Reloads::start(site.config, crew.clone(), host);
    let files = tokio::spawn(pulse.clone().of_files());
    let ended = tokio::select! {
        ended = until_the_end(workers, signals, ending, reloads) => ended,
        never = notify::keep_telling(&crew, &pulse) => match never {},
        never = health::watch_connections(&crew) => match never {},
    };
    files.abort();
    ended.map(|()| 0)
}

/// Does what signals wish, until all workers have ended.
async fn until_the_end(
    mut workers: JoinSet<Result<()>>,
    mut signals: Signals,
    mut ending: Ending,
    reloads: Reloads,
) -> Result<()> {
    let mut ended = Ok(());
    loop {
        tokio::select! {
            worker = workers.join_next() => match worker {
                None => return ended,
                Some(worker) => {
                    ended = ended.and(worker?);
                    ending.begin();
                }
            },
            wish = signals.next() => match wish {
                Wish::Reload if ending.stop.is_cancelled() => {} // too late
                Wish::Reload => reloads.ask(),
                Wish::Cancel | Wish::End => ending.wished(),
            },
            () = ending.given_up() => bail!("there are jobs that do not stop; their workitems come again"),
        }
    }
}

/// Reads the configuration of all participants, and says what a person should know of it; the mistakes in all of them
/// are told together.
fn read_all<'a>(names: impl IntoIterator<Item = &'a String>, config: &Path) -> Result<Vec<Hosted>> {
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
    let mut told = BTreeSet::new();
    mistakes.retain(|mistake| told.insert(mistake.clone())); // participants share files
    if !mistakes.is_empty() {
        bail!("{}", mistakes.join("\n"));
    }
    let warnings: BTreeSet<_> = wanted.iter().flat_map(Hosted::warnings).collect();
    warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    Ok(wanted)
}
