//! `img repo watch`.

use std::time::Duration;

use cli::say;
use imaging::{ImageRepository, Repositories, RepositoryError, Tended};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Waiting;
use crate::site;
use crate::tending::{self, Heard};
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

/// Looks once, or round after round until a signal comes.
async fn rounds(
    repository: &dyn ImageRepository,
    once: bool,
    every: u64,
    json: bool,
    waiting: &Waiting,
) -> Result<u8, RepositoryError> {
    if once {
        return one_round(repository, json, waiting).await;
    }
    tending::rounds(repository, Duration::from_secs(every), waiting, |heard| {
        waiting.ended();
        match heard {
            Heard::News(one) => cli::print_tended(one, json),
            Heard::Broken(error) => {
                cli::print_repository_error(error, json);
            }
        }
    })
    .await;
    Ok(0)
}

/// Looks once, and waits for what takes long to read.
async fn one_round(
    repository: &dyn ImageRepository,
    json: bool,
    waiting: &Waiting,
) -> Result<u8, RepositoryError> {
    let (mut said, mut status) = (Vec::new(), 0);
    loop {
        let news = repository.tend(waiting).await;
        waiting.ended();
        let news = news?;
        news.iter().filter(|one| !said.contains(*one)).for_each(|one| cli::print_tended(one, json));
        status |= u8::from(news.iter().any(|one| matches!(one, Tended::Refused(..))));
        if !news.iter().any(|one| matches!(one, Tended::Reads(_))) {
            return Ok(status);
        }
        said = news;
        tokio::select! {
            () = waiting.stop.cancelled() => return Ok(0),
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}
