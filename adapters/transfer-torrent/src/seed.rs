//! Has all images from the beginning, and gives them to whoever asks.
//!
//! librqbit speaks to the peers; it is told to do nothing else. It asks no tracker, since ours is told directly
//! ([`Tracker::we_seed`]), looks for nobody by itself, opens no port of a router, and is handed files it cannot write.

mod held;
mod image;
mod notes;
mod read_only;
mod sample;

use std::collections::{HashMap, HashSet};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use imaging::{InfoHash, PublishedTorrent};
use librqbit::limits::LimitsConfig;
use librqbit::{ConnectionOptions, ListenerMode, ListenerOptions, Session, SessionOptions};
use tokio_util::sync::CancellationToken;

use self::held::Held;
use self::image::{Image, Stamp};
use self::notes::Notes;
use crate::{Published, Tracker};

/// Peers can tell a seeder of others, and librqbit would connect to whatever they say. It has to have a way out; this one
/// leads nowhere.
const NOWHERE: &str = "socks5://127.0.0.1:0";

/// An image that could not be given away, and is as it was, is tried anew after so long.
const AGAIN: Duration = Duration::from_secs(600);

/// How images are given away.
#[derive(Clone, Debug)]
pub struct SeedSettings {
    /// Where peers ask for pieces.
    pub listen: SocketAddr,
    /// How many bytes a second all of them together get; none for as many as there are.
    pub rate: Option<NonZeroU32>,
    /// How many peers get pieces of one image at once.
    pub peers: usize,
    /// How often it is looked what is published.
    pub look: Duration,
}

impl Default for SeedSettings {
    fn default() -> SeedSettings {
        SeedSettings {
            listen: SocketAddr::from(([0, 0, 0, 0], 6881)),
            rate: None,
            peers: 200,
            look: Duration::from_secs(5),
        }
    }
}

/// Why nothing can be given away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The address is another program's, or not of this machine.
    #[error("images cannot be seeded at {address}: choose another by [torrent] seed_listen")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What came of it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// librqbit does not start. Beside other adapters its client of HTTP, which is never used, wants the system's list of
    /// certificates.
    #[error(
        "images cannot be seeded: librqbit does not start (it wants a list of certificates: install ca-certificates)"
    )]
    Session(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder of temporary files is full, or not there.
    #[error("images cannot be seeded: a folder for notes cannot be made in {}", std::env::temp_dir().display())]
    Notes(#[source] std::io::Error),
}

/// Gives images to peers.
pub struct Seeder {
    session: Arc<Session>,
    published: Arc<dyn Published>,
    tracker: Arc<Tracker>,
    settings: SeedSettings,
    address: SocketAddr,
    notes: Notes,
    held: HashMap<InfoHash, Held>,
    /// Those that could not be given away, in the state they were in; why was said.
    refused: HashMap<InfoHash, (Stamp, Instant)>,
}

impl Seeder {
    /// Begins to listen; the images follow with the first round of [`Seeder::run`].
    pub async fn start(
        settings: SeedSettings,
        published: Arc<dyn Published>,
        tracker: Arc<Tracker>,
    ) -> Result<Seeder, SeedError> {
        // The TLS of that client wants to know whose; an `Err` says that the program has chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let notes = Notes::new().map_err(SeedError::Notes)?;
        let wrong = |error: anyhow::Error| match TcpListener::bind(settings.listen) {
            Ok(_) => SeedError::Session(error.into()),
            Err(source) => SeedError::Listen { address: settings.listen, source: source.into() },
        };
        let session =
            Session::new_with_opts("/nonexistent".into(), options(&settings, &notes)).await.map_err(wrong)?;
        let address = session.listen_addr().unwrap_or(settings.listen);
        let (held, refused) = (HashMap::new(), HashMap::new());
        Ok(Seeder { session, published, tracker, settings, address, notes, held, refused })
    }

    /// Where peers ask for pieces; with port 0 the kernel chose one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives away what is published, and nothing that is not, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.look().await;
            tokio::select! {
                () = tokio::time::sleep(self.settings.look) => {}
                () = self.one_is_ready() => {}
                () = stop.cancelled() => {}
            }
        }
        self.tracker.we_seed(self.address, HashSet::new());
        self.session.stop().await;
    }

    /// Looks once what is published, begins with what is new, and ends what is gone.
    async fn look(&mut self) {
        if let Ok(published) = self.published.published().await {
            // the same image may lie in two repositories: the first one gives it
            let mut wanted = HashMap::new();
            for torrent in published {
                wanted.entry(torrent.info_hash).or_insert(torrent);
            }
            self.refused.retain(|hash, _| wanted.contains_key(hash));
            let gone =
                self.held.iter().filter(|(hash, held)| wanted.get(hash).is_none_or(|now| !held.is_of(now)));
            for hash in gone.map(|(hash, _)| *hash).collect::<Vec<_>>() {
                self.end(hash).await;
            }
            for torrent in wanted.into_values() {
                let hash = torrent.info_hash;
                let tried = || {
                    let refused = self.refused.get(&hash).filter(|(_, at)| at.elapsed() < AGAIN);
                    refused.is_some_and(|(stamp, _)| *stamp == Stamp::of(&torrent))
                };
                if !self.held.contains_key(&hash) && !tried() {
                    self.begin(torrent).await;
                }
            }
        } // whoever asks for the list says why there is none; what is given away stays
        self.settle().await;
    }

    async fn begin(&mut self, torrent: PublishedTorrent) {
        let (hash, stamp, name) = (torrent.info_hash, Stamp::of(&torrent), torrent.image.to_string());
        let opened = tokio::task::spawn_blocking(move || Image::open(&torrent));
        let begun = async {
            let image = opened.await.map_err(|error| error.to_string())??;
            Held::begin(&self.session, image, &self.settings, &self.notes).await
        };
        match begun.await {
            Ok(held) => {
                self.refused.remove(&hash);
                self.held.insert(hash, held);
            }
            Err(why) => self.refuse(hash, stamp, &name, &why),
        }
    }

    async fn end(&mut self, hash: InfoHash) {
        if let Some(held) = self.held.remove(&hash) {
            tracing::info!("{} is not seeded any more", held.name());
            held.end(&self.session).await;
        }
    }

    /// Lets peers at images that were looked through, and tells the tracker of all of them.
    async fn settle(&mut self) {
        let mut wrong = Vec::new();
        for (hash, held) in &mut self.held {
            if let Err(why) = held.settle(&self.session).await {
                wrong.push((*hash, why));
            }
        }
        for (hash, why) in wrong {
            if let Some(held) = self.held.remove(&hash) {
                self.refuse(hash, held.stamp(), held.name(), &why);
                held.end(&self.session).await;
            }
        }
        let live = self.held.iter().filter(|(_, held)| held.is_live()).map(|(hash, _)| *hash).collect();
        self.tracker.we_seed(self.address, live);
    }

    fn refuse(&mut self, hash: InfoHash, stamp: Stamp, name: &str, why: &str) {
        tracing::warn!("{name} is not seeded: {why}");
        self.refused.insert(hash, (stamp, Instant::now()));
    }

    /// Waits until an image was looked through; for ever when none is.
    async fn one_is_ready(&self) {
        let waiting = self.held.values().filter(|held| !held.is_live()).map(|held| Box::pin(held.ready()));
        let waiting: Vec<_> = waiting.collect();
        if waiting.is_empty() {
            std::future::pending::<()>().await;
        }
        futures_util::future::select_all(waiting).await;
    }
}

impl std::fmt::Debug for Seeder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Seeder").field("address", &self.address).finish_non_exhaustive()
    }
}

/// All that librqbit can do by itself is off.
fn options(settings: &SeedSettings, notes: &Notes) -> SessionOptions {
    SessionOptions {
        dht: None,
        disable_trackers: true,
        disable_local_service_discovery: true,
        persistence: Some(notes.config()),
        fastresume: true,
        listen: Some(ListenerOptions {
            mode: ListenerMode::TcpOnly,
            listen_addr: settings.listen,
            enable_upnp_port_forwarding: false,
            // it would say 4240 to peers, whatever the port is
            announce_port: Some(settings.listen.port()),
            ipv4_only: settings.listen.is_ipv4(),
            ..ListenerOptions::default()
        }),
        connect: Some(ConnectionOptions {
            enable_tcp: false,
            proxy_url: Some(NOWHERE.into()),
            ..ConnectionOptions::default()
        }),
        ipv4_only: settings.listen.is_ipv4(),
        concurrent_init_limit: Some(1), // one disk, one reader
        ratelimits: LimitsConfig { upload_bps: settings.rate, download_bps: None },
        peer_limit: Some(settings.peers),
        client_name_and_version: Some(concat!("img ", env!("CARGO_PKG_VERSION")).into()),
        ..SessionOptions::default()
    }
}
