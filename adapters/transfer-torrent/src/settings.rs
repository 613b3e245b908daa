//! How a tracker behaves.

use std::time::Duration;

use ipnet::IpNet;

/// How a tracker behaves; the default is what a computer room needs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How often peers are to say that they are still there. One that did not for two and a half times as long is forgotten.
    pub interval: Duration,
    /// The networks whose machines may say by `ip=` that they are at another address.
    pub ip_from: Vec<IpNet>,
    /// How many peers of one torrent are remembered.
    pub peers: usize,
    /// How many of them at one address.
    pub peers_of_address: usize,
    /// How long what is published is believed before it is asked for anew.
    pub fresh: Duration,
    /// How many connections there may be at once.
    pub connections: usize,
    /// How many of them from one address.
    pub connections_of_address: usize,
    /// How long a request may take to arrive, and how long a peer may take nothing of the answer.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            interval: Duration::from_secs(30),
            ip_from: Vec::new(),
            peers: 2000,
            peers_of_address: 64,
            fresh: Duration::from_secs(5),
            connections: 1024,
            connections_of_address: 128,
            patience: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// How long a peer may be silent.
    pub(crate) fn forgotten_after(&self) -> Duration {
        self.interval * 5 / 2
    }
}
