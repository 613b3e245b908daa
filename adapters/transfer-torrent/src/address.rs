//! Where peers are.

use std::net::{IpAddr, SocketAddr};

/// A network: an address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `10.0.0.0/8`, or one address.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, bits)| (a, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Network { address, bits })
    }

    /// Tells whether an address is of it.
    pub fn has(&self, address: IpAddr) -> bool {
        let same = |ours: u128, theirs: u128, width: u32| {
            let unused = width - u32::from(self.bits);
            ours.checked_shr(unused).unwrap_or(0) == theirs.checked_shr(unused).unwrap_or(0)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                same(ours.to_bits().into(), theirs.to_bits().into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => same(ours.to_bits(), theirs.to_bits(), 128),
            _ => false,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_their_addresses_and_no_others() {
        for (network, address, has) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "a00::", false),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.0", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "fe80::1", true),
            ("fd00::/8", "fe80::1", false),
        ] {
            assert_eq!(
                Network::parse(network).unwrap().has(address.parse().unwrap()),
                has,
                "{network} {address}"
            );
        }
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "ten", "10.0.0.0/-1"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
