//! `img repo watch`.

use std::time::Duration;

use cli::say;
use imaging::{ImageRepository, Repositories, RepositoryError, Tended};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Waiting;
use crate::site;
use crate::torrents::Torrents;

/// Publishes what comes, round after round; says each thing once.
pub(super) async fn watch(
    repository: &dyn ImageRepository,
    once: bool,
    every: u64,
    json: bool,
    torrents: Option<(site::Torrents, Repositories)>,
) -> Result<u8, RepositoryError> {
    let waiting = Waiting::for_one(repository.name().to_string());
    let sharing = match torrents {
        Some((wanted, all)) => share(wanted, all, waiting.stop.clone()).await,
        None => None,
    };
    let watched = rounds(repository, once, every, json, &waiting).await;
    if let Some(sharing) = sharing {
        waiting.stop.cancel();
        let _ = sharing.await;
    }
    watched
}

/// Begins to tell clients of each other, unless another program does so at that address: `img up` does.
async fn share(
    wanted: site::Torrents,
    all: Repositories,
    stop: CancellationToken,
) -> Option<JoinHandle<anyhow::Result<()>>> {
    match Torrents::listen(wanted, all).await {
        Ok(torrents) => Some(tokio::spawn(torrents.serve(stop))),
        Err(error) => {
            say(format_args!("img: {error:#}; images are watched all the same"));
            None
        }
    }
}

async fn rounds(
    repository: &dyn ImageRepository,
    once: bool,
    every: u64,
    json: bool,
    waiting: &Waiting,
) -> Result<u8, RepositoryError> {
    let mut said: Vec<Tended> = Vec::new();
    loop {
        let round = repository.tend(waiting).await;
        waiting.ended();
        match round {
            Ok(news) => {
                news.iter().filter(|one| !said.contains(one)).for_each(|one| cli::print_tended(one, json));
                if once {
                    return Ok(u8::from(news.iter().any(|one| matches!(one, Tended::Refused(..)))));
                }
                said = news;
            }
            // whoever stopped it knows
            Err(RepositoryError::Stopped) => return Ok(0),
            Err(error) if once => return Err(error),
            // a disk that comes back is no reason to end
            Err(error) => {
                say(format_args!("img: {} (error {} of OpenGnsys)", error.sentence(), error.opengnsys()))
            }
        }
        tokio::select! {
            () = waiting.stop.cancelled() => return Ok(0),
            () = tokio::time::sleep(Duration::from_secs(every)) => {}
        }
    }
}
