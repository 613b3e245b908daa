//! The ways out of a network namespace that are closed, as messages for the kernel.

use std::io;
use std::net::Ipv4Addr;

use child::Net;
use nix::libc;

/// What is closed for everybody who shall reach other machines only: "this" machine, its loopback, link-local addresses
/// (where clouds tell machines their secrets), whole networks at once, and what nobody has.
pub(crate) const ALWAYS: [([u8; 4], u8); 5] = [
    ([0, 0, 0, 0], 8),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// The addresses this machine has now: what listens on all of them listens there, too.
pub(crate) fn own_addresses() -> io::Result<Vec<Net>> {
    let found = nix::ifaddrs::getifaddrs()?;
    let mut own = Vec::new();
    for interface in found {
        for address in [interface.address, interface.broadcast].into_iter().flatten() {
            own.extend(address.as_sockaddr_in().map(|address| Net::from(address.ip())));
        }
    }
    Ok(own)
}

/// Returns the messages that close networks, but for single addresses in them.
pub(crate) fn closing(nets: &[Net], open: &[Ipv4Addr]) -> Vec<Vec<u8>> {
    let mut all: Vec<Net> = Vec::new();
    let always = ALWAYS.map(|(address, bits)| Net { address: address.into(), bits });
    for net in always.iter().chain(nets).flat_map(|net| around(*net, open)) {
        // of a loopback the namespace has one of its own
        if !net.address.is_loopback() && !all.contains(&net) {
            all.push(net);
        }
    }
    all.into_iter().map(blackhole).collect()
}

/// Divides a network until none of `open` is in what is left.
///
/// A route for everything would be the one slirp4netns makes as well: halves are longer, and so they win.
fn around(net: Net, open: &[Ipv4Addr]) -> Vec<Net> {
    if net.bits > 0 && !open.iter().any(|address| net.has(*address)) {
        return vec![net];
    }
    if net.bits == 32 {
        return Vec::new();
    }
    let bits = net.bits + 1;
    let upper = net.address.to_bits() | (1 << (32 - bits));
    let halves = [net.address, Ipv4Addr::from_bits(upper)];
    halves.into_iter().flat_map(|address| around(Net { address, bits }, open)).collect()
}

/// A new route after which the kernel lets nothing go to a network: `ip route replace blackhole NET`.
fn blackhole(net: Net) -> Vec<u8> {
    const LENGTH: u32 = 16 + 12 + 8;
    let flags = libc::NLM_F_REQUEST | libc::NLM_F_ACK | libc::NLM_F_CREATE | libc::NLM_F_REPLACE;
    let flags = u16::try_from(flags).unwrap_or_default();
    let mut message = Vec::new();
    message.extend(LENGTH.to_ne_bytes());
    message.extend(libc::RTM_NEWROUTE.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]); // sequence and port: one message at a time
    let family = 2; // AF_INET
    message.extend([family, net.bits, 0, 0, libc::RT_TABLE_MAIN, libc::RTPROT_STATIC]);
    message.extend([libc::RT_SCOPE_UNIVERSE, libc::RTN_BLACKHOLE]);
    message.extend([0; 4]);
    message.extend(8u16.to_ne_bytes());
    message.extend(libc::RTA_DST.to_ne_bytes());
    message.extend(net.address.octets());
    message
}

/// Sends messages to the kernel's routing, in the network namespace of this process; makes system calls only.
pub(crate) fn send(messages: &[Vec<u8>]) -> io::Result<()> {
    // SAFETY: plain system calls; each pointer is to memory that lives through its call, with its length.
    unsafe {
        let socket = libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE);
        if socket < 0 {
            return Err(io::Error::last_os_error());
        }
        let mut result = Ok(());
        for message in messages {
            let mut answer = [0u8; 512];
            if libc::send(socket, message.as_ptr().cast(), message.len(), 0) < 0 {
                result = Err(io::Error::last_os_error());
                break;
            }
            let got = libc::recv(socket, answer.as_mut_ptr().cast(), answer.len(), 0);
            // a header of 16 bytes, then the negative error or 0
            let code = i32::from_ne_bytes([answer[16], answer[17], answer[18], answer[19]]);
            if got < 20 || code != 0 {
                result = Err(io::Error::from_raw_os_error(if got < 20 { libc::EIO } else { -code }));
                break;
            }
        }
        libc::close(socket);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_is_closed_whatever_else_is_asked_for() {
        let closed = |nets: &[&str]| {
            let nets: Vec<Net> = nets.iter().map(|net| net.parse().unwrap()).collect();
            let found = closing(&nets, &[[192, 0, 2, 53].into()]);
            found
                .iter()
                .map(|m| format!("{}.{}.{}.{}/{}", m[32], m[33], m[34], m[35], m[17]))
                .collect::<Vec<_>>()
        };
        let always = ["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];

        assert_eq!(closed(&[]), always);
        assert_eq!(closed(&["10.0.0.0/8", "127.0.0.1"]), [&always[..], &["10.0.0.0/8"]].concat());
        let around = ["192.0.2.52/32", "192.0.2.54/31"];
        assert_eq!(closed(&["192.0.2.52/30", "192.0.2.53"]), [&always[..], &around].concat());
    }

    #[test]
    fn everything_but_one_address_can_be_closed() {
        let name_server: Ipv4Addr = [192, 0, 2, 53].into();
        let everything = Net { address: [0, 0, 0, 0].into(), bits: 0 };

        let closed = around(everything, &[name_server]);

        assert_eq!(closed.len(), 32);
        assert!(!closed.iter().any(|net| net.has(name_server)));
        assert!(closed.iter().any(|net| net.has([192, 0, 2, 52].into())));
        assert_eq!(around(everything, &[]).iter().map(|net| net.bits).collect::<Vec<_>>(), [1, 1]);
    }
}
