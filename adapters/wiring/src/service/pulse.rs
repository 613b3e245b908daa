//! Whether everything that has to go on does go on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How often a heart beats.
const BEAT: Duration = Duration::from_secs(1);

/// The hearts of a program; clones share them.
#[derive(Clone)]
pub(crate) struct Pulse {
    since: Instant,
    hearts: Arc<Mutex<Vec<Arc<Heart>>>>,
}

/// One thing that has to go on.
struct Heart {
    what: String,
    /// Milliseconds of the pulse.
    last: AtomicU64,
}

impl Pulse {
    pub(crate) fn new() -> Pulse {
        Pulse { since: Instant::now(), hearts: Arc::default() }
    }

    /// Does some work with a heart that stops beating when the work does not come back from a step: when it waits for a
    /// lock, or keeps a thread busy. Work that waits for the world is well.
    pub(crate) async fn beating<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        let heart = self.heart(what);
        let beats = async {
            loop {
                self.beat(&heart);
                tokio::time::sleep(BEAT).await;
            }
        };
        let ended = tokio::select! {
            ended = work => ended,
            never = beats => never,
        };
        self.hearts().retain(|other| !Arc::ptr_eq(other, &heart)); // it ended, and is not stuck
        ended
    }

    /// Beats for as long as there is a thread for files and names: there is none when a disk does not answer.
    pub(super) async fn of_files(self) {
        let heart = self.heart("reading and writing files");
        while tokio::task::spawn_blocking(|| {}).await.is_ok() {
            self.beat(&heart);
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Says what has not gone on for so long; nothing when all is well.
    pub(super) fn silent(&self, patience: Duration) -> Option<String> {
        let now = self.now();
        let silent = |heart: &&Arc<Heart>| {
            u128::from(now.saturating_sub(heart.last.load(Ordering::Relaxed))) > patience.as_millis()
        };
        let hearts = self.hearts();
        let stuck: Vec<_> = hearts.iter().filter(silent).map(|heart| heart.what.as_str()).collect();
        (!stuck.is_empty()).then(|| format!("stuck: {}", stuck.join(", ")))
    }

    fn heart(&self, what: &str) -> Arc<Heart> {
        let heart = Arc::new(Heart { what: what.to_owned(), last: self.now().into() });
        self.hearts().push(heart.clone());
        heart
    }

    fn beat(&self, heart: &Heart) {
        heart.last.store(self.now(), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        self.since.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
    }

    fn hearts(&self) -> MutexGuard<'_, Vec<Arc<Heart>>> {
        self.hearts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(1500);

    #[test]
    fn work_that_blocks_is_stuck_and_work_that_waits_is_not() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        let pulse = Pulse::new();
        let (waiting, blocking) = (pulse.clone(), pulse.clone());
        let patient =
            runtime.spawn(async move { waiting.beating("waits", std::future::pending::<()>()).await });
        runtime.spawn(pulse.clone().of_files());
        runtime.spawn(async move {
            let work = async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                std::thread::sleep(Duration::from_secs(3));
            };
            blocking.beating("blocks", work).await;
        });
        // this thread is none of the runtime's: one that is kept may keep its clock, too, and with it the others
        std::thread::sleep(Duration::from_millis(1200));
        assert_eq!(pulse.silent(PATIENCE), None);
        std::thread::sleep(Duration::from_millis(1200));
        let stuck = pulse.silent(PATIENCE).expect("one is stuck");
        assert!(stuck.starts_with("stuck: ") && stuck.contains("blocks"), "{stuck}");
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(pulse.silent(PATIENCE), None, "what has ended is not stuck");
        assert!(!patient.is_finished());
    }
}
