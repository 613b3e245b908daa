//! `img up`: everything of one machine, for as long as nobody stops it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use cli::{HereArguments, UpArguments};
use config::Configuration;
use job_files_dir::JobFilesDir;
use job_store_sql::SqlJobStore;
use participant_core::Launcher;
use participant_core::exo::Running;
use skynet_amqp::AmqpTransport;
use tokio::task::JoinSet;

use super::order::CREATE_IMAGE;
use super::signals::Signals;
use crate::definitions::OfEngine;
use crate::errands::{Errands, Nobody, OnBoss, Processes};
use crate::foresight::OfBuilds;
use crate::hosted::Fixed;
use crate::machine::{Builders, Limits, Machine, user_name};
use crate::observe::{InLog, Tally};
use crate::participants::{Host, Kind, after, build_image_of_site, build_ks_of_site};
use crate::replaceable::Replaceable;
use crate::service::{Crew, Ending, Pulse, Reloads, Service};
use crate::site::{self, Launching};
use crate::state::State;
use crate::tending;
use crate::torrents::Torrents;
use crate::web::Web;

/// Works until it is told to stop.
pub(crate) async fn up(arguments: UpArguments, builders: Builders) -> Result<u8> {
    let signals = Signals::listen()?;
    let UpArguments { here, state } = arguments;
    let mut site = of_builds(&here)?;
    let state = State::open(state)?;
    let _alone = state.serve_alone()?;
    let people = site::people(&mut site);
    let repositories = site::repositories(&mut site);
    let torrents = site::torrents(&mut site);
    let store = site::store(&mut site, &state).await?;
    let launching = site::launching(&mut site)?;
    let host = |owner: &str| Host {
        state: state.clone(),
        builders,
        owner: owner.to_owned(),
        user: user_name(),
        running: Running::default(), // the machine has its own
    };
    let mut made = None;
    let kickstarts = Arc::new(Replaceable::new(build_ks_of_site(&site)?));
    let foresight = Arc::new(OfBuilds::of_site(&site, &launching, &state));
    let machine = Machine::with_store(
        &state,
        store,
        kickstarts.clone(),
        |owner| {
            let host = host(owner);
            let builds = Arc::new(Replaceable::new(build_image_of_site(&site, &host)));
            made = Some((builds.clone(), host));
            builds
        },
        after::of_site(&site, repositories.clone(), &host(""))?,
    );
    let machine = machine.await?;
    let (builds, host) = made.expect("it was made");
    let limits = limits(&site);
    let ending = Ending::new(machine.running.clone(), limits.grace);
    let tally = Arc::<Tally>::default();
    let outdated = AtomicBool::new(false);
    let crew =
        Arc::new(Crew { posts: Vec::new(), tally: tally.clone(), stop: ending.stop.clone(), outdated });
    let reloads = reloads(
        &crew,
        here,
        Replaced { builds, kickstarts, foresight: foresight.clone() },
        host,
        Fixed::of_machine(&site),
    );
    let images = base_dir(&site, &state);
    tracing::info!("building what `img submit` hands over; images go to {}", images.display());
    let known = (foresight, OfEngine::of_site(&launching), repositories.clone());
    let web = Web::of_site(&site, &machine.store, &state, images.clone(), known, people, ending.stop.clone());
    let web = web.await?;
    let torrents = match torrents {
        Some(wanted) => Some(Torrents::listen(wanted, repositories.clone()).await?),
        None => None,
    };
    let errands = errands(&machine, launching, images);
    let (pulse, stop) = (Pulse::new(), ending.stop.clone());
    let beating = pulse.clone();
    let mut workers = JoinSet::new();
    workers.spawn(async move {
        let log = InLog { participant: None, tally };
        beating.beating("the machine", machine.serve(&limits, &errands, Arc::new(log), stop)).await
    });
    for repository in repositories.iter().cloned() {
        workers.spawn(tending::tend(repository, ending.stop.clone()));
    }
    if let Some(torrents) = torrents {
        workers.spawn(torrents.serve(ending.stop.clone()));
    }
    let listen = site::metrics_listen(&site);
    Service { signals, workers, crew, ending, pulse, listen, reloads, web }.run().await.map(|()| 0)
}

/// Puts together who launches the processes of jobs, here or on a BOSS.
fn errands(machine: &Machine, launching: Launching, images: PathBuf) -> Errands {
    let files = Arc::new(JobFilesDir::new(images));
    let store = Arc::new(machine.store.clone());
    let definitions = OfEngine::of_site(&launching);
    let (launcher, processes): (Arc<dyn Launcher>, Arc<dyn Processes>) = match launching.broker {
        Some(broker) => {
            let processes: Arc<dyn Processes> = match broker.viewer {
                Some(viewer) => Arc::new(OnBoss::new(viewer)),
                None => Arc::new(Nobody),
            };
            (Arc::new(AmqpTransport::new(broker.settings)), processes)
        }
        None => (Arc::new(machine.queue.clone()), Arc::new(machine.engine.clone())),
    };
    let definition = launching.create_image.unwrap_or_else(|| CREATE_IMAGE.into());
    Errands::new(store, files, launcher, processes, definition, launching.lost_after)
        .keeping_jobs_for(launching.keep)
        .reading(definitions)
}

/// The participants whose configuration may change.
#[derive(Clone)]
struct Replaced {
    builds: Arc<Replaceable>,
    kickstarts: Arc<Replaceable>,
    foresight: Arc<OfBuilds>,
}

/// Has the configuration read again for workitems to come.
fn reloads(crew: &Arc<Crew>, here: HereArguments, replaced: Replaced, host: Host, fixed: Fixed) -> Reloads {
    let (host, fixed) = (Arc::new(host), Arc::new(fixed));
    Reloads::start(crew.clone(), move || {
        let (here, replaced, host, fixed) = (here.clone(), replaced.clone(), host.clone(), fixed.clone());
        Box::pin(async move {
            let site = of_builds(&here)?;
            let (builds, kickstarts) = (build_image_of_site(&site, &host), build_ks_of_site(&site)?);
            replaced.builds.replace(builds).await;
            replaced.kickstarts.replace(kickstarts).await;
            replaced.foresight.read_again(&site);
            let changed = fixed.changed(&Fixed::of_machine(&site));
            if !changed.is_empty() {
                tracing::warn!("{} needs a restart to count", changed.join(", "));
            }
            Ok(())
        })
    })
}

fn limits(site: &Configuration) -> Limits {
    Limits {
        grace: site::seconds(site, "participant", "grace").unwrap_or_default(),
        deadline: site::seconds(site, "worker", "timeout"),
        builds: site
            .number("participant", "concurrency")
            .and_then(|builds| builds.try_into().ok())
            .unwrap_or(1),
    }
}

/// Returns the folder below which `img up` puts images.
pub(crate) fn images(here: &HereArguments, state: &State) -> Result<PathBuf> {
    Ok(base_dir(&configuration(here)?, state))
}

/// Opens the job store of `img up`.
pub(crate) async fn jobs(here: &HereArguments, state: &State) -> Result<SqlJobStore> {
    site::store(&mut configuration(here)?, state).await
}

fn base_dir(site: &Configuration, state: &State) -> PathBuf {
    site.text("worker", "base_dir").map_or_else(|| state.images(), PathBuf::from)
}

/// Reads the configuration with what builds need of it.
fn of_builds(here: &HereArguments) -> Result<Configuration> {
    let mut site = site::read_machine(here.config.as_deref());
    Kind::BuildImage.check(&mut site);
    site::finish(&site)?;
    Ok(site)
}

/// Reads the configuration, which may be missing: then all is as it is meant to be.
fn configuration(here: &HereArguments) -> Result<Configuration> {
    let site = site::read_machine(here.config.as_deref());
    site::finish(&site)?;
    Ok(site)
}
