//! How many are connected, and from where.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts who is connected.
#[derive(Clone, Debug, Default)]
pub(super) struct Seats(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A place that is free again when this value is gone.
#[derive(Debug)]
pub(super) struct Seat(Seats, IpAddr);

impl Seats {
    /// Gives a place to somebody, unless all are taken, or all that one address may have.
    pub(super) fn take(&self, ip: IpAddr, most: usize, most_of_address: usize) -> Option<Seat> {
        let ip = ip.to_canonical();
        let mut taken = self.taken();
        let (all, of) = (taken.values().sum::<usize>(), taken.get(&ip).copied().unwrap_or(0));
        if all >= most || of >= most_of_address {
            return None;
        }
        taken.insert(ip, of + 1);
        Some(Seat(self.clone(), ip))
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.0.taken();
        if let Some(of) = taken.get_mut(&self.1) {
            *of -= 1;
            if *of == 0 {
                taken.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_holder_is_gone() {
        let (seats, [a, b]) = (Seats::default(), ["10.0.0.1", "10.0.0.2"].map(|ip| ip.parse().unwrap()));
        let first = seats.take(a, 3, 2);
        let second = seats.take("::ffff:10.0.0.1".parse().unwrap(), 3, 2);
        assert!(first.is_some() && second.is_some() && seats.take(a, 3, 2).is_none());
        let third = seats.take(b, 3, 2);
        assert!(third.is_some() && seats.take(b, 3, 2).is_none());
        drop((first, second, third));
        assert!(seats.taken().is_empty());
    }
}
