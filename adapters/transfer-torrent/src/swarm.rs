//! Who has a torrent, or parts of it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::address::leads_there;

/// Those who have a torrent, or parts of it.
#[derive(Debug, Default)]
pub(crate) struct Swarm {
    peers: BTreeMap<SocketAddr, Peer>,
    completed: u64,
    /// Whom the next answer begins after, so that all are told of in turn.
    after: Option<SocketAddr>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// What it calls itself.
    pub(crate) id: [u8; 20],
    /// Whether it has all.
    pub(crate) complete: bool,
    /// When it was last heard of.
    pub(crate) heard: Instant,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Those who have all.
    pub(crate) complete: u64,
    /// Those who do not.
    pub(crate) incomplete: u64,
    /// How often somebody said that they have all now.
    pub(crate) completed: u64,
}

impl Swarm {
    /// Remembers a peer, unless there is no room for one more.
    pub(crate) fn hear(&mut self, address: SocketAddr, peer: Peer, most: usize, most_of_address: usize) {
        let known = self.peers.contains_key(&address);
        if known || (self.peers.len() < most && self.at(address.ip()) < most_of_address) {
            self.peers.insert(address, peer);
        }
    }

    /// Notes that a peer has all now; it counts once.
    pub(crate) fn completed(&mut self, address: SocketAddr) {
        if self.peers.get(&address).is_none_or(|peer| !peer.complete) {
            self.completed = self.completed.saturating_add(1);
        }
    }

    /// Forgets a peer that goes, if it is the one that was there.
    pub(crate) fn bye(&mut self, address: SocketAddr, id: &[u8; 20]) {
        if self.peers.get(&address).is_some_and(|peer| peer.id == *id) {
            self.peers.remove(&address);
        }
    }

    /// Forgets those who were silent for longer than this.
    pub(crate) fn forget(&mut self, now: Instant, silent: Duration) {
        self.peers.retain(|_, peer| now.saturating_duration_since(peer.heard) <= silent);
    }

    /// How many there are.
    pub(crate) fn counts(&self) -> Counts {
        let complete = self.peers.values().filter(|peer| peer.complete).count() as u64;
        Counts { complete, incomplete: self.peers.len() as u64 - complete, completed: self.completed }
    }

    /// Picks up to `most` others for somebody; those who have all need nobody who has.
    pub(crate) fn others(
        &mut self,
        me: SocketAddr,
        complete: bool,
        most: usize,
    ) -> Vec<(SocketAddr, [u8; 20])> {
        let start = self.after.unwrap_or(SocketAddr::new(IpAddr::from([0, 0, 0, 0]), 0));
        let use_of = |(address, peer): &(&SocketAddr, &Peer)| {
            **address != me && !(complete && peer.complete) && leads_there(address.ip(), me.ip())
        };
        let turn = self.peers.range(start..).chain(self.peers.range(..start));
        let picked: Vec<_> =
            turn.filter(use_of).take(most).map(|(address, peer)| (*address, peer.id)).collect();
        let next = |last: &SocketAddr| {
            use std::ops::Bound::{Excluded, Unbounded};
            self.peers.range((Excluded(*last), Unbounded)).next().map(|(address, _)| *address)
        };
        self.after = picked.last().and_then(|(last, _)| next(last));
        picked
    }

    fn at(&self, ip: IpAddr) -> usize {
        self.peers.range(SocketAddr::new(ip, 0)..=SocketAddr::new(ip, u16::MAX)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(complete: bool, heard: Instant) -> Peer {
        Peer { id: [7; 20], complete, heard }
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn all_are_told_of_in_turn_and_nobody_of_themselves() {
        let (mut swarm, now) = (Swarm::default(), Instant::now());
        for port in 1..=5 {
            swarm.hear(SocketAddr::from(([10, 0, 0, 1], port)), peer(false, now), 100, 100);
        }
        let me = address("10.0.0.1:3");
        let ports = |swarm: &mut Swarm| -> Vec<u16> {
            swarm.others(me, false, 2).iter().map(|(address, _)| address.port()).collect()
        };
        assert_eq!(
            [ports(&mut swarm), ports(&mut swarm), ports(&mut swarm)],
            [vec![1, 2], vec![4, 5], vec![1, 2]]
        );
    }

    #[test]
    fn those_who_have_all_are_told_of_those_who_do_not() {
        let (mut swarm, now) = (Swarm::default(), Instant::now());
        swarm.hear(address("10.0.0.1:1"), peer(true, now), 9, 9);
        swarm.hear(address("10.0.0.2:1"), peer(false, now), 9, 9);
        swarm.hear(address("127.0.0.1:1"), peer(false, now), 9, 9);
        let told = |swarm: &mut Swarm, me: &str, complete| -> Vec<String> {
            let others = swarm.others(address(me), complete, 9);
            let mut told: Vec<_> = others.iter().map(|(address, _)| address.ip().to_string()).collect();
            told.sort(); // whose turn it is does not matter here
            told
        };
        assert_eq!(told(&mut swarm, "10.0.0.3:1", true), ["10.0.0.2"]);
        assert_eq!(told(&mut swarm, "10.0.0.3:1", false), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(told(&mut swarm, "127.0.0.1:2", false), ["10.0.0.1", "10.0.0.2", "127.0.0.1"]);
    }

    #[test]
    fn one_address_does_not_take_all_the_room() {
        let (mut swarm, now) = (Swarm::default(), Instant::now());
        for port in 1..=10 {
            swarm.hear(SocketAddr::from(([10, 0, 0, 1], port)), peer(false, now), 5, 3);
            swarm.hear(SocketAddr::from(([10, 0, 0, 2], port)), peer(true, now), 5, 3);
        }
        assert_eq!(swarm.counts(), Counts { complete: 2, incomplete: 3, completed: 0 });
        swarm.hear(address("10.0.0.1:1"), peer(true, now), 5, 3); // a known one is heard all the same
        assert_eq!(swarm.counts(), Counts { complete: 3, incomplete: 2, completed: 0 });
    }

    #[test]
    fn the_silent_are_forgotten_and_only_the_one_that_goes_is_gone() {
        let (mut swarm, now) = (Swarm::default(), Instant::now());
        let later = now + Duration::from_secs(60);
        swarm.hear(address("10.0.0.1:1"), peer(false, now), 9, 9);
        swarm.hear(address("[fd00::1]:1"), peer(false, later), 9, 9);
        swarm.bye(address("[fd00::1]:1"), &[8; 20]);
        swarm.forget(later, Duration::from_secs(30));
        assert_eq!(swarm.counts().incomplete, 1);
        swarm.completed(address("[fd00::1]:1"));
        swarm.hear(address("[fd00::1]:1"), peer(true, later), 9, 9);
        swarm.completed(address("[fd00::1]:1"));
        assert_eq!(swarm.counts(), Counts { complete: 1, incomplete: 0, completed: 1 });
        swarm.bye(address("[fd00::1]:1"), &[7; 20]);
        assert_eq!(swarm.counts(), Counts { complete: 0, incomplete: 0, completed: 1 });
    }
}
