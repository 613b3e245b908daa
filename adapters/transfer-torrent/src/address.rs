//! Where peers are.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// Reads `10.0.0.0/8`, or one address.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Returns an address in the one form it has here: IPv4 inside IPv6 is IPv4, and an interface is no part of it.
pub(crate) fn plain(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip.to_canonical(), port)
}

/// Tells whether a peer at the first address can be reached from the second, as far as addresses say that.
///
/// What this machine says to itself leads others to themselves.
pub(crate) fn leads_there(peer: IpAddr, from: IpAddr) -> bool {
    from.is_loopback() || !peer.is_loopback()
}
