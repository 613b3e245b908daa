//! What of the network a task reaches.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// What of the network a task reaches, where its [`crate::Place`] can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Nothing.
    #[default]
    None,
    /// Other machines, by IPv4: not this one, no link-local address, and none of these.
    Outside(Vec<Net>),
    /// The same as the host, its loopback included.
    Host,
}

/// The addresses that begin alike: `10.0.0.0/8`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Net {
    /// The first of them.
    pub address: Ipv4Addr,
    /// How many bits they share, 0 to 32.
    pub bits: u8,
}

impl Net {
    /// Tells whether an address is one of them.
    pub fn has(&self, address: Ipv4Addr) -> bool {
        (self.address.to_bits() ^ address.to_bits()) & self.mask() == 0
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0)
    }
}

impl From<Ipv4Addr> for Net {
    fn from(address: Ipv4Addr) -> Net {
        Net { address, bits: 32 }
    }
}

impl FromStr for Net {
    type Err = String;

    fn from_str(text: &str) -> Result<Net, String> {
        let wrong = || format!("`{text}` should be an IPv4 address or a network, as 10.0.0.0/8");
        let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
        let address: Ipv4Addr = address.parse().map_err(|_| wrong())?;
        let bits: u8 = bits.parse().ok().filter(|bits| *bits <= 32).ok_or_else(wrong)?;
        let net = Net { address, bits };
        Ok(Net { address: Ipv4Addr::from_bits(address.to_bits() & net.mask()), bits })
    }
}

impl fmt::Display for Net {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_and_how_many_bits_count() {
        for (text, read) in [
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("192.0.2.7", Some("192.0.2.7/32")),
            ("1.2.3.4/0", Some("0.0.0.0/0")),
            ("10.0.0.0/33", None),
            ("10.0.0/8", None),
            ("fd00::/8", None),
            ("here", None),
        ] {
            assert_eq!(text.parse::<Net>().ok().map(|net| net.to_string()).as_deref(), read, "{text}");
        }
        let net: Net = "172.16.0.0/12".parse().unwrap();
        assert!(net.has([172, 31, 255, 255].into()) && !net.has([172, 32, 0, 0].into()));
        assert!("0.0.0.0/0".parse::<Net>().unwrap().has([8, 8, 8, 8].into()));
    }
}
