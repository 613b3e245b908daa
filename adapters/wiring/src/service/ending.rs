//! The end of a service: jobs may finish, then they are handed back, and nothing keeps the program alive for ever.

use std::time::Duration;

use participant_core::exo::Running;
use participant_core::{CancellationToken, Stop};
use tokio::time::Instant;

/// How long jobs have to stop, and replies to be sent, once all is handed back. A build is gone after five seconds; a
/// broker that is away is waited for ten.
const HANDING_BACK: Duration = Duration::from_secs(15);

/// How far the end has come.
pub(crate) struct Ending {
    /// Fires when no more work is taken.
    pub(crate) stop: CancellationToken,
    running: Running,
    grace: Duration,
    /// When the program ends with jobs that do not stop.
    last: Option<Instant>,
    wishes: u32,
}

impl Ending {
    /// Running jobs will have `grace` to finish.
    pub(crate) fn new(running: Running, grace: Duration) -> Ending {
        Ending { stop: CancellationToken::new(), running, grace, last: None, wishes: 0 }
    }

    /// Somebody wants the program to end: first patiently, the second time without waiting for jobs, then at once.
    pub(super) fn wished(&mut self) {
        self.wishes += 1;
        match self.wishes {
            1 => {
                let grace = self.grace.as_secs();
                tracing::info!(
                    "ending: no more workitems are taken, running jobs may finish within {grace} s"
                );
                self.begin();
            }
            2 => {
                tracing::warn!("handing running jobs back");
                self.begin();
                self.running.stop_all(&Stop::Shutdown);
                self.last = Some(Instant::now() + HANDING_BACK);
            }
            _ => self.last = Some(Instant::now()),
        }
    }

    /// Takes no more work.
    pub(super) fn begin(&mut self) {
        self.stop.cancel();
        self.last.get_or_insert(Instant::now() + self.grace + HANDING_BACK);
    }

    /// Waits until there is no more patience with jobs that do not stop.
    pub(super) async fn given_up(&self) {
        match self.last {
            Some(last) => tokio::time::sleep_until(last).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long it is until an end wished for so often is given up, in seconds.
    async fn patience(wishes: u32) -> u64 {
        let mut ending = Ending::new(Running::default(), Duration::from_secs(600));
        (0..wishes).for_each(|_| ending.wished());
        assert_eq!(ending.stop.is_cancelled(), wishes > 0);
        let began = Instant::now();
        let waited = tokio::time::timeout(Duration::from_secs(9999), ending.given_up()).await;
        waited.map_or(u64::MAX, |()| began.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_keeps_the_program_alive_for_ever() {
        let mut all = Vec::new();
        for wishes in 0..4 {
            all.push(patience(wishes).await);
        }
        assert_eq!(all, [u64::MAX, 615, 15, 0]);
    }
}
