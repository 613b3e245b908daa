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
    of_a_program(site, cfg!(feature = "torrent"))
}

fn of_a_program(site: &mut Configuration, can_seed: bool) -> Option<Torrents> {
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
    if asked == Some(true) && !can_seed {
        let wrong = "cannot be done: this program was built without the feature torrent (cargo build --features wiring/torrent)";
        site.mistake(SECTION, "seed", wrong);
    }
    if rate.is_some_and(|rate| rate < LEAST_RATE || rate > u32::MAX.into()) {
        site.mistake(SECTION, "seed_rate", "should be from 16 KiB to 4 GiB a second, or none");
    }
    let seed = asked.unwrap_or(can_seed).then_some(Seed { listen: seed_listen, rate });
    Some(Torrents { listen, settings, seed })
}

#[cfg(test)]
mod tests {
    use super::of_a_program;

    #[test]
    fn a_program_that_cannot_give_images_away_says_so_where_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("skynet.conf");
        let read = |seed: &str, can_seed| {
            std::fs::write(&file, format!("[torrent]\nserve = yes\n{seed}")).unwrap();
            let mut site = crate::site::read(&file, None);
            let seeds = of_a_program(&mut site, can_seed).is_some_and(|wanted| wanted.seed.is_some());
            (seeds, crate::site::finish(&site).err().map(|error| error.to_string()).unwrap_or_default())
        };
        assert_eq!(read("", true), (true, String::new()));
        assert_eq!(read("", false), (false, String::new()));
        assert_eq!(read("seed = no", true), (false, String::new()));
        let (_, said) = read("seed = yes", false);
        assert!(said.contains("built without the feature torrent"), "{said}");
    }
}
