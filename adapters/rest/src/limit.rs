//! How much one client may ask for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many clients are told apart; then those that were silent are forgotten, and if need be who asked for the least.
const MOST: usize = 10_000;

/// Allows each client so many requests at once, and as many again as time goes by.
///
/// A client that is forgotten begins anew, so the memory is bounded and nobody is shut out for ever. Who has none left is
/// forgotten last: many clients that ask once do not throw its count out.
#[derive(Debug)]
pub(crate) struct Limit<K> {
    burst: f64,
    each: Duration,
    clients: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Hash + Eq> Limit<K> {
    /// `burst` at once, and one more after `each`.
    pub(crate) fn new(burst: u32, each: Duration) -> Limit<K> {
        Limit { burst: f64::from(burst), each, clients: Mutex::default() }
    }

    /// Takes one request of a client's; false when there is none left now.
    pub(crate) fn takes(&self, client: K, now: Instant) -> bool {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MOST && !clients.contains_key(&client) {
            clients.retain(|_, (left, since)| self.left(*left, *since, now) < self.burst);
            if clients.len() >= MOST {
                self.forget_half(&mut clients, now);
            }
        }
        let (left, since) = clients.entry(client).or_insert((self.burst, now));
        *left = self.left(*left, *since, now);
        *since = now;
        let takes = *left >= 1.0;
        if takes {
            *left -= 1.0;
        }
        takes
    }

    /// Forgets those who may ask for the most now.
    fn forget_half(&self, clients: &mut HashMap<K, (f64, Instant)>, now: Instant) {
        let mut all: Vec<f64> = clients.values().map(|(left, since)| self.left(*left, *since, now)).collect();
        let mut forgotten = all.len() / 2;
        let (_, least, _) = all.select_nth_unstable_by(forgotten, f64::total_cmp);
        clients.retain(|_, (left, since)| {
            let goes = forgotten > 0 && self.left(*left, *since, now) >= *least;
            forgotten -= usize::from(goes);
            !goes
        });
    }

    fn left(&self, left: f64, since: Instant, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(since).as_secs_f64() / self.each.as_secs_f64().max(1e-9);
        (left + gained).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_a_burst_and_gets_more_with_time() {
        let limit = Limit::new(3, Duration::from_secs(1));
        let start = Instant::now();
        let takes = |who: &'static str, ms| limit.takes(who, start + Duration::from_millis(ms));
        assert_eq!([takes("a", 0), takes("a", 0), takes("a", 0), takes("a", 900)], [true, true, true, false]);
        assert!(takes("b", 900), "another has its own");
        assert_eq!([takes("a", 2_000), takes("a", 2_000), takes("a", 2_000)], [true, true, false]);
    }

    #[test]
    fn no_number_of_clients_takes_more_memory() {
        let limit = Limit::new(3, Duration::from_secs(1));
        let start = Instant::now();
        for client in 0..3 * MOST {
            assert!(limit.takes(client, start));
        }
        assert!(limit.clients.lock().unwrap().len() <= MOST);
    }

    #[test]
    fn who_has_none_left_stays_so_however_many_others_come() {
        let limit = Limit::new(3, Duration::from_secs(1));
        let start = Instant::now();
        for _ in 0..3 {
            assert!(limit.takes(usize::MAX, start));
        }
        for client in 0..3 * MOST {
            assert!(limit.takes(client, start));
        }
        assert!(!limit.takes(usize::MAX, start));
    }
}
