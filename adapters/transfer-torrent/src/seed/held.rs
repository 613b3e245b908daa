//! One image that is given away.

use std::sync::Arc;

use imaging::PublishedTorrent;
use librqbit::api::TorrentIdOrHash;
use librqbit::storage::StorageFactoryExt;
use librqbit::{AddTorrent, AddTorrentOptions, ManagedTorrent, Session};

use super::SeedSettings;
use super::image::{Image, Stamp};
use super::notes::Notes;
use super::read_only::ReadOnly;

/// One image, from when it is looked through until it is gone.
pub(super) struct Held {
    name: String,
    stamp: Stamp,
    torrent: Arc<ManagedTorrent>,
    live: bool,
}

impl Held {
    /// Has an image looked through; peers get nothing of it before.
    pub(super) async fn begin(
        session: &Arc<Session>,
        image: Image,
        settings: &SeedSettings,
        notes: &Notes,
    ) -> Result<Held, String> {
        let Image { name, stamp, torrent, info_hash, pieces, file } = image;
        notes.has_all(info_hash, pieces).map_err(|error| format!("its notes cannot be written: {error}"))?;
        let options = AddTorrentOptions {
            paused: true,
            overwrite: true, // or it would be for downloads only; nothing is written by a `ReadOnly`
            disable_trackers: true,
            peer_limit: Some(settings.peers),
            storage_factory: Some(ReadOnly(file).boxed()),
            ..AddTorrentOptions::default()
        };
        let added = session.add_torrent(AddTorrent::from_bytes(torrent), Some(options)).await;
        let added = added.map_err(|error| format!("{error:#}"))?;
        let torrent = added.into_handle().expect("it was not asked for a list only");
        Ok(Held { name, stamp, torrent, live: false })
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Tells whether peers get pieces of it.
    pub(super) fn is_live(&self) -> bool {
        self.live
    }

    /// In which state its files were.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Tells whether it is still the file of that torrent, rather than one that was put in its place.
    pub(super) fn is_of(&self, now: &PublishedTorrent) -> bool {
        self.stamp == Stamp::of(now)
    }

    /// Waits until it was looked through.
    pub(super) async fn ready(&self) {
        let _ = self.torrent.wait_until_initialized().await; // `settle` says what went wrong
    }

    /// Lets peers at it, once it was looked through and is what its torrent says.
    pub(super) async fn settle(&mut self, session: &Arc<Session>) -> Result<(), String> {
        let stats = self.torrent.stats();
        if let Some(error) = stats.error {
            return Err(error);
        }
        if self.live || matches!(stats.state, librqbit::TorrentStatsState::Initializing { .. }) {
            return Ok(());
        }
        if !stats.finished {
            return Err("it is another file than the one its torrent was made of".into());
        }
        session.unpause(&self.torrent).await.map_err(|error| format!("{error:#}"))?;
        tracing::info!("{} is seeded", self.name);
        self.live = true;
        Ok(())
    }

    /// Ends with it, and with the peers that ask for it.
    pub(super) async fn end(self, session: &Arc<Session>) {
        let ended = session.delete(TorrentIdOrHash::Hash(self.torrent.info_hash()), false).await;
        if let Err(error) = ended {
            tracing::debug!("ending {}: {error:#}", self.name);
        }
    }
}
