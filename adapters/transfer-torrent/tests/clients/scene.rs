//! A repository with its tracker and its seeder, and clients that fetch from them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use imaging::InfoHash;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use transfer_torrent::{SeedSettings, Seeder, Server, Settings, Tracker};

use crate::folder::Folder;

/// All of it, until this value is gone.
pub(crate) struct Scene {
    pub(crate) folder: Folder,
    pub(crate) tracker: Arc<Tracker>,
    pub(crate) address: SocketAddr,
    pub(crate) seeder: SocketAddr,
    temp: TempDir,
    _stop: DropGuard,
}

impl Scene {
    /// Clients are at 127.0.0.1, and ctorrent asks nobody at its own address.
    pub(crate) async fn new() -> Scene {
        Scene::at("127.0.0.2:0").await
    }

    pub(crate) async fn at(listen: &str) -> Scene {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::new(temp.path().join("repository"));
        let published = Arc::new(folder.clone());
        let quick = Duration::from_secs(1);
        let settings = Settings { interval: quick, fresh: Duration::ZERO, ..Settings::default() };
        let tracker = Arc::new(Tracker::new(published.clone(), settings));
        let server = Server::listen(listen.parse().unwrap()).await.unwrap();
        let (address, stop) = (server.address(), CancellationToken::new());
        tokio::spawn(server.serve(tracker.clone(), stop.clone()));
        let listen = listen.parse().unwrap();
        let settings = SeedSettings { listen, look: Duration::from_millis(100), ..SeedSettings::default() };
        let seeder = Seeder::start(settings, published, tracker.clone()).await.unwrap();
        let at = seeder.address();
        tokio::spawn(seeder.run(stop.clone()));
        Scene { folder, tracker, address, seeder: at, temp, _stop: stop.drop_guard() }
    }

    /// The address that torrents name.
    pub(crate) fn announce(&self) -> String {
        format!("http://{}/announce", self.address)
    }

    /// Returns a folder for somebody else.
    pub(crate) fn elsewhere(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    /// How many have a torrent, as the tracker tells.
    pub(crate) async fn counts(&self, hash: InfoHash) -> String {
        let query: String = hash.0.iter().map(|byte| format!("%{byte:02x}")).collect();
        let answer = self.tracker.scrape(&format!("info_hash={query}")).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits until so many have all of a torrent, and so many do not.
    pub(crate) async fn has(&self, hash: InfoHash, complete: usize, incomplete: usize) {
        let start = Instant::now();
        loop {
            let counts = self.counts(hash).await;
            let well = counts.contains(&format!("8:completei{complete}e"))
                && counts.contains(&format!("10:incompletei{incomplete}e"));
            if well {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{complete}, {incomplete}: {counts}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
