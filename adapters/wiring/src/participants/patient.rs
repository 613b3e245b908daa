//! A participant that waits for a database that is away.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use participant_core::{Failure, Job, JobControl, Lifecycle, Outcome, Participant, Workitem, async_trait};

/// How long to wait at first, and at most, before it is tried again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// What is still broken after this time is told to the process.
const PATIENCE: Duration = Duration::from_secs(600);

/// Tries again while something outside is broken; the rest is another participant's.
///
/// A database that is restarted would else make every process fail that has news just then. Only for participants that may
/// be asked the same twice.
pub(crate) struct Patient(pub(crate) Arc<dyn Participant>);

#[async_trait]
impl Participant for Patient {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        let (mut pause, mut waited) = (PAUSES.0, Duration::ZERO);
        loop {
            let failure = match self.0.handle_wi(item, job).await {
                Err(failure @ Failure::Outside { .. }) if waited < PATIENCE => failure,
                ended => return ended,
            };
            let causes = std::iter::successors(failure.source(), |cause| (**cause).source());
            let why = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
            tracing::warn!("{failure}: {why}; it is tried again in {pause:?}");
            tokio::select! {
                _ = job.stopped() => return Err(failure),
                () = tokio::time::sleep(pause) => {}
            }
            waited += pause;
            pause = (2 * pause).min(PAUSES.1);
        }
    }

    async fn handle_wi_control(&self, job: &Job, control: &JobControl) {
        self.0.handle_wi_control(job, control).await;
    }

    async fn handle_lifecycle_control(&self, control: &Lifecycle) {
        self.0.handle_lifecycle_control(control).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use participant_core::testing::{Memory, job, workitem};
    use serde_json::json;

    use super::*;

    /// Works once it was asked so many times.
    struct Away(AtomicU32);

    #[async_trait]
    impl Participant for Away {
        async fn handle_wi(&self, _item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
            match self.0.fetch_sub(1, Ordering::Relaxed) {
                1 => Ok(Outcome::done()),
                _ => Err(Failure::outside("note the news", std::io::Error::other("refused"))),
            }
        }
    }

    async fn asked(times: u32, job: &Job) -> Result<Outcome, Failure> {
        Patient(Arc::new(Away(AtomicU32::new(times)))).handle_wi(&workitem(&json!({})), job).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_database_that_comes_back_has_the_news_and_one_that_does_not_is_told() {
        let (job, stop) = job(&Memory::default());
        let begun = tokio::time::Instant::now();
        assert_eq!(asked(5, &job).await.unwrap(), Outcome::done());
        assert_eq!(begun.elapsed(), Duration::from_secs(1 + 2 + 4 + 8));

        let begun = tokio::time::Instant::now();
        assert!(asked(0, &job).await.is_err());
        assert!(begun.elapsed() >= PATIENCE && begun.elapsed() < PATIENCE * 2);

        stop.stop(participant_core::Stop::Shutdown);
        let begun = tokio::time::Instant::now();
        assert!(asked(0, &job).await.is_err());
        assert_eq!(begun.elapsed(), Duration::ZERO, "a program that ends waits for nobody");
    }
}
