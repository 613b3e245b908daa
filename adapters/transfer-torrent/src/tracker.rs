//! Tells peers of each other, for the torrents of the repository and no others.

mod known;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use imaging::InfoHash;

use self::known::Known;
use crate::address::plain;
use crate::answer::{self, Told};
use crate::swarm::{Counts, Peer, Swarm};
use crate::{Announce, Event, Published, Refused, Scrape, Settings};

/// So many others are told of, unless a peer says how many it wants.
const OTHERS: usize = 50;
/// And so many to whoever wants more.
const MOST_OTHERS: usize = 200;
/// So many torrents are told to whoever asks for all.
const MOST_FILES: usize = 2000;
/// What our own seeder is called in lists.
const OURS: [u8; 20] = *b"-IM0100-the-seeder--";

/// Tells peers of each other.
pub struct Tracker {
    known: Known,
    settings: Settings,
    swarms: Mutex<HashMap<InfoHash, Swarm>>,
    seeded: RwLock<Option<(SocketAddr, HashSet<InfoHash>)>>,
}

/// Whose question it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where it comes from.
    pub from: SocketAddr,
    /// By which of our addresses we were asked; where we seed, it is there, too.
    pub here: IpAddr,
}

impl Tracker {
    /// Makes one that has heard of nobody yet.
    pub fn new(published: Arc<dyn Published>, settings: Settings) -> Tracker {
        let known = Known::new(published, settings.fresh);
        Tracker { known, settings, swarms: Mutex::default(), seeded: RwLock::default() }
    }

    /// How it behaves.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// From now on peers are told that we have these ourselves. Where we listen on all addresses, it is the one they reach
    /// us by.
    pub fn we_seed(&self, listen: SocketAddr, torrents: HashSet<InfoHash>) {
        *self.seeded.write().unwrap_or_else(PoisonError::into_inner) = Some((listen, torrents));
    }

    /// Hears a peer, and tells it of others, in bencode; what it did wrong is an answer, too.
    pub async fn announce(&self, query: &str, asked: Asked) -> Vec<u8> {
        match self.told(query, asked).await {
            Ok(told) => answer::told(&told),
            Err(refused) => answer::refusal(&refused),
        }
    }

    /// Tells how many have which torrents, in bencode.
    pub async fn scrape(&self, query: &str) -> Vec<u8> {
        match self.counted(query).await {
            Ok(files) => answer::scraped(&files, self.settings.interval),
            Err(refused) => answer::refusal(&refused),
        }
    }

    async fn told(&self, query: &str, asked: Asked) -> Result<Told, Refused> {
        let announce = Announce::parse(query)?;
        let known = self.known.with(&[announce.info_hash]).await?;
        self.forget_others_than(&known);
        if !known.contains(&announce.info_hash) {
            return Err(Refused(
                "this torrent is none of the repository's images, or of an older one: fetch the .torrent anew"
                    .into(),
            ));
        }
        Ok(self.tell(&announce, asked, Instant::now()))
    }

    async fn counted(&self, query: &str) -> Result<Vec<(InfoHash, Counts)>, Refused> {
        let Scrape { info_hashes } = Scrape::parse(query)?;
        let known = self.known.with(&info_hashes).await?;
        self.forget_others_than(&known);
        // it is no mistake to ask for one that is gone
        let asked: Vec<InfoHash> = match info_hashes.as_slice() {
            [] => known.iter().copied().take(MOST_FILES).collect(),
            some => some.iter().copied().filter(|hash| known.contains(hash)).collect(),
        };
        let (now, mut swarms) = (Instant::now(), self.swarms());
        let mut counts = |hash: InfoHash| {
            let swarm = swarms.get_mut(&hash).map(|swarm| {
                swarm.forget(now, self.settings.forgotten_after());
                swarm.counts()
            });
            self.with_ours(hash, swarm.unwrap_or_default())
        };
        Ok(asked.into_iter().map(|hash| (hash, counts(hash))).collect())
    }

    fn tell(&self, announce: &Announce, asked: Asked, now: Instant) -> Told {
        let Announce { info_hash, peer_id, port, .. } = *announce;
        let me = plain(self.ip_of(announce, asked), port);
        let complete = announce.left == Some(0);
        let mut swarms = self.swarms();
        let swarm = swarms.entry(info_hash).or_default();
        swarm.forget(now, self.settings.forgotten_after());
        if announce.event == Event::Completed {
            swarm.completed(me);
        }
        if announce.event == Event::Stopped {
            swarm.bye(me, &peer_id);
        } else {
            let peer = Peer { id: peer_id, complete, heard: now };
            swarm.hear(me, peer, self.settings.peers, self.settings.peers_of_address);
        }
        let wants = announce.numwant.unwrap_or(OTHERS).min(MOST_OTHERS);
        let mut others = Vec::new();
        if announce.event != Event::Stopped {
            let ours = self.seeds(info_hash).and_then(|listen| ours(listen, asked.here));
            others.extend(ours.filter(|_| !complete && wants > 0).map(|address| (address, OURS)));
            others.extend(swarm.others(me, complete, wants - others.len()));
        }
        let counts = self.with_ours(info_hash, swarm.counts());
        let Announce { compact, no_peer_id, .. } = *announce;
        Told { counts, interval: self.settings.interval, others, compact, no_peer_id }
    }

    /// Where a peer is: where its question comes from. What it says itself counts in networks that the site names.
    fn ip_of(&self, announce: &Announce, asked: Asked) -> IpAddr {
        let from = asked.from.ip().to_canonical();
        let believed = self.settings.ip_from.iter().any(|network| network.contains(&from));
        announce.ip.filter(|_| believed).unwrap_or(from)
    }

    /// Forgets the peers of torrents that are not published any more.
    fn forget_others_than(&self, known: &HashSet<InfoHash>) {
        self.swarms().retain(|hash, _| known.contains(hash));
    }

    fn seeds(&self, hash: InfoHash) -> Option<SocketAddr> {
        let seeded = self.seeded.read().unwrap_or_else(PoisonError::into_inner);
        seeded.as_ref().filter(|(_, torrents)| torrents.contains(&hash)).map(|(listen, _)| *listen)
    }

    fn with_ours(&self, hash: InfoHash, counts: Counts) -> Counts {
        Counts { complete: counts.complete + u64::from(self.seeds(hash).is_some()), ..counts }
    }

    fn swarms(&self) -> MutexGuard<'_, HashMap<InfoHash, Swarm>> {
        self.swarms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where our seeder is for whoever asks us at `here`; nowhere when that is IPv6, and it listens on IPv4 alone.
fn ours(listen: SocketAddr, here: IpAddr) -> Option<SocketAddr> {
    let (any, here) = (listen.ip(), here.to_canonical());
    if !any.is_unspecified() {
        return Some(plain(any, listen.port()));
    }
    (any.is_ipv6() || here.is_ipv4()).then(|| plain(here, listen.port()))
}

impl std::fmt::Debug for Tracker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tracker").field("settings", &self.settings).finish_non_exhaustive()
    }
}
