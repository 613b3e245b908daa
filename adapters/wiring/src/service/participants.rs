//! Participants as a service.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};
use cli::RunArguments;
use local_queue::Owner;
use participant_core::exo::Running;
use tokio::task::JoinSet;

use super::{Crew, Ending, Pulse, Reloads, Service};
use crate::commands::Signals;
use crate::hosted::{Hosted, Post, Worker};
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
    let running = Running::default();
    let (owner_name, user) = (owner.name().to_owned(), user_name());
    let host = Arc::new(Host { state, builders, owner: owner_name, user, running: running.clone() });
    let listen = one_address(&wanted)?;
    let grace = wanted.iter().map(|hosted| hosted.grace).max().unwrap_or_default();
    let ending = Ending::new(running.clone(), grace);
    let tally = Arc::<Tally>::default();
    let mut made = Vec::new();
    for hosted in wanted {
        let name = hosted.name.clone();
        let worker = hosted.worker(&host, running.clone(), tally.clone()).await;
        made.push(worker.with_context(|| format!("cannot run {name}"))?);
    }
    let pulse = Pulse::new();
    let (mut workers, mut posts) = (JoinSet::new(), Vec::new());
    for Worker { exo, post } in made {
        let (stop, name, pulse) = (ending.stop.clone(), post.name.clone(), pulse.clone());
        posts.push(post);
        workers.spawn(async move {
            let ended = pulse.beating(&name, exo.run(stop)).await;
            ended.with_context(|| format!("{name} cannot go on"))
        });
    }
    let outdated = AtomicBool::new(false);
    let crew = Arc::new(Crew { posts, tally, stop: ending.stop.clone(), outdated });
    let staff = crew.clone();
    let reloads = Reloads::start(crew.clone(), move || {
        let (config, crew, host) = (site.config.clone(), staff.clone(), host.clone());
        Box::pin(async move { replace_all(&config, &crew.posts, &host).await })
    });
    Service { signals, workers, crew, ending, pulse, listen, reloads, web: None }.run().await.map(|()| 0)
}

/// Puts new participants in place of all old ones, or of none.
async fn replace_all(config: &Path, posts: &[Post], host: &Host) -> Result<()> {
    let wanted = read_all(posts.iter().map(|post| &post.name), config)?;
    let mut next = Vec::new();
    for (mut hosted, post) in wanted.into_iter().zip(posts) {
        let participant =
            hosted.participant(host).await.with_context(|| format!("cannot run {}", post.name))?;
        next.push((post, participant, post.fixed.changed(&hosted.fixed())));
    }
    for (post, participant, changed) in next {
        post.participant.replace(participant).await;
        if !changed.is_empty() {
            tracing::warn!("{}: {} needs a restart to count", post.name, changed.join(", "));
        }
    }
    Ok(())
}

/// Returns where the participants of this program want to be looked at. They share one page.
fn one_address(wanted: &[Hosted]) -> Result<Option<SocketAddr>> {
    let addresses: BTreeSet<_> = wanted.iter().filter_map(|hosted| hosted.listen).collect();
    let mut addresses = addresses.into_iter();
    match (addresses.next(), addresses.next()) {
        (Some(one), Some(other)) => bail!(
            "[participant] metrics_listen is {one} and {other}, but participants in one program share one page: \
             give them the same address, or run them by themselves"
        ),
        (address, _) => Ok(address),
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
