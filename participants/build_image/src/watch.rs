//! A job, as a builder sees it.

use std::sync::Arc;

use imaging::{Step, Watch};
use participant_core::{Job, Progress, async_trait};
use tokio_util::sync::CancellationToken;

use crate::stopwatch::Stopwatch;

/// Passes steps on to the job, takes their times, and passes the job's stop on to the builder.
#[derive(Clone)]
pub(crate) struct JobWatch {
    job: Job,
    stop: CancellationToken,
    stopwatch: Arc<Stopwatch>,
}

impl JobWatch {
    /// Runs a build that ends early when the job does.
    pub(crate) async fn around<T, F: Future<Output = T>>(
        job: &Job,
        stopwatch: &Arc<Stopwatch>,
        build: impl FnOnce(JobWatch) -> F,
    ) -> T {
        let stop = CancellationToken::new();
        let build = build(JobWatch { job: job.clone(), stop: stop.clone(), stopwatch: stopwatch.clone() });
        let listen = async {
            job.stopped().await;
            stop.cancel();
            std::future::pending::<T>().await
        };
        tokio::select! {
            built = build => built,
            never = listen => never,
        }
    }
}

#[async_trait]
impl Watch for JobWatch {
    fn step(&self, step: &Step) {
        self.stopwatch.at(&step.name);
        self.job.progress(&Progress { step: step.name.clone(), done_of: step.done_of });
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}
