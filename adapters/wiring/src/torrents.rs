//! The tracker of the repositories' images, and whoever gives them away.

use std::sync::Arc;

use anyhow::Result;
use imaging::Repositories;
use tokio_util::sync::CancellationToken;
use transfer_torrent::{OfRepositories, Server, Tracker};

use crate::site;

/// An address that is listened on, and what is answered there.
pub(crate) struct Torrents {
    server: Server,
    tracker: Arc<Tracker>,
    #[cfg(feature = "torrent")]
    seeder: Option<transfer_torrent::Seeder>,
}

impl Torrents {
    /// Begins to listen where `[torrent]` says.
    pub(crate) async fn listen(wanted: site::Torrents, repositories: Repositories) -> Result<Torrents> {
        if repositories.is_empty() {
            tracing::warn!("the tracker knows no image: name a folder of them in [repository] folders");
        }
        let published = Arc::new(OfRepositories::new(repositories));
        let tracker = Arc::new(Tracker::new(published.clone(), wanted.settings));
        let server = Server::listen(wanted.listen).await?;
        tracing::info!("the tracker of images is at http://{}/announce", server.address());
        #[cfg(feature = "torrent")]
        let seeder = match wanted.seed {
            Some(seed) => Some(seeder(seed, published, tracker.clone()).await?),
            None => None,
        };
        #[cfg(not(feature = "torrent"))]
        if wanted.seed.is_none() {
            tracing::info!("this program gives no images away: it was built without the feature torrent");
        }
        Ok(Torrents {
            server,
            tracker,
            #[cfg(feature = "torrent")]
            seeder,
        })
    }

    /// Answers until `stop`.
    pub(crate) async fn serve(self, stop: CancellationToken) -> Result<()> {
        let asked = self.server.serve(self.tracker, stop.clone());
        #[cfg(feature = "torrent")]
        if let Some(seeder) = self.seeder {
            tokio::join!(asked, seeder.run(stop));
            return Ok(());
        }
        asked.await;
        Ok(())
    }
}

#[cfg(feature = "torrent")]
async fn seeder(
    seed: site::Seed,
    published: Arc<OfRepositories>,
    tracker: Arc<Tracker>,
) -> Result<transfer_torrent::Seeder> {
    let settings = transfer_torrent::SeedSettings {
        listen: seed.listen,
        rate: seed.rate.and_then(|rate| u32::try_from(rate).ok()?.try_into().ok()),
        ..transfer_torrent::SeedSettings::default()
    };
    let seeder = transfer_torrent::Seeder::start(settings, published, tracker).await?;
    tracing::info!("images are given to clients at {}", seeder.address());
    Ok(seeder)
}
