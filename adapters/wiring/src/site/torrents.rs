//! How images are published by BitTorrent.

use std::net::SocketAddr;
use std::time::Duration;

use config::Configuration;

use super::seconds;

const SECTION: &str = "torrent";

/// A tracker that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Torrents {
    pub(crate) listen: SocketAddr,
    pub(crate) settings: transfer_torrent::Settings,
    /// What is given away besides; nothing where that is not wanted.
    pub(crate) seed: Option<Seed>,
}

/// How images are given away.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "torrent"), expect(dead_code, reason = "nobody gives images away"))]
pub(crate) struct Seed {
    pub(crate) listen: SocketAddr,
    /// Bytes a second; none for as many as there are.
    pub(crate) rate: Option<u64>,
}

/// Less than a piece of an answer a second is none at all.
const LEAST_RATE: u64 = 16 << 10;

/// Reads what is wanted, and notes what this program cannot do.
pub(crate) fn torrents(site: &mut Configuration) -> Option<Torrents> {
    if !site.yes(SECTION, "serve") {
        return None;
    }
    let address = |key: &str| site.text(SECTION, key).and_then(|address| address.parse().ok());
    let (listen, seed_listen) = (address("listen")?, address("seed_listen")?);
    let rate = site.bytes(SECTION, "seed_rate").filter(|rate| *rate > 0);
    let networks = site.list(SECTION, "ip_from");
    let settings = transfer_torrent::Settings {
        interval: seconds(site, SECTION, "interval").unwrap_or(Duration::from_secs(30)),
        ip_from: networks.iter().filter_map(|one| transfer_torrent::network(one)).collect(),
        ..transfer_torrent::Settings::default()
    };
    let asked = site.text(SECTION, "seed").map(|_| site.yes(SECTION, "seed"));
    if asked == Some(true) && !cfg!(feature = "torrent") {
        let wrong = "cannot be done: this program was built without the feature torrent (cargo build --features torrent)";
        site.mistake(SECTION, "seed", wrong);
    }
    if rate.is_some_and(|rate| rate < LEAST_RATE || rate > u32::MAX.into()) {
        site.mistake(SECTION, "seed_rate", "should be from 16 KiB to 4 GiB a second, or none");
    }
    let seed = asked.unwrap_or(cfg!(feature = "torrent")).then_some(Seed { listen: seed_listen, rate });
    Some(Torrents { listen, settings, seed })
}
