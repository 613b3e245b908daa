//! What a site decides about a repository.

use std::net::UdpSocket;
use std::time::Duration;

/// What a site decides about a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address of the tracker in torrents; none for port 6969 of this machine.
    pub announce: Option<String>,
    /// Whether images that other programs put there are held against their own checksums; those that are copied in always are.
    pub check: bool,
    /// How long a file has to stay as it is before it is taken for whole.
    pub settle: Duration,
    /// How long the others of a round wait for an image that takes long to read.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            announce: None,
            check: true,
            settle: Duration::from_secs(10),
            patience: Duration::from_secs(20),
        }
    }
}

impl Settings {
    pub(crate) fn announce(&self) -> String {
        self.announce.clone().unwrap_or_else(|| format!("http://{}:6969/announce", own_address()))
    }

    /// Whether an announce address can stay as it is: one that nobody wished for may.
    pub(crate) fn is_announced_by(&self, address: &[u8]) -> bool {
        self.announce.as_ref().is_none_or(|announce| announce.as_bytes() == address)
    }
}

/// The address by which other machines most likely reach this one: that of the way to anywhere. Nothing is sent.
fn own_address() -> String {
    let address = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?; // of no machine, by RFC 5737
        socket.local_addr()
    });
    address.map_or_else(|_| "127.0.0.1".into(), |address| address.ip().to_string())
}
