//! A job, as what works on an image sees it.

use std::sync::Arc;

use imaging::{Step, Watch};
use participant_core::{Job, Progress, async_trait};
use tokio_util::sync::CancellationToken;

/// Passes steps on to the job and to whoever else hears them, and the job's stop on to the work.
#[derive(Clone)]
pub struct JobWatch {
    job: Job,
    stop: CancellationToken,
    hear: Arc<dyn Fn(&Step) + Send + Sync>,
}

impl JobWatch {
    /// Runs work that ends early when the job does; `hear` hears its steps.
    pub async fn around<T, F: Future<Output = T>>(
        job: &Job,
        hear: impl Fn(&Step) + Send + Sync + 'static,
        work: impl FnOnce(JobWatch) -> F,
    ) -> T {
        let stop = CancellationToken::new();
        let work = work(JobWatch { job: job.clone(), stop: stop.clone(), hear: Arc::new(hear) });
        let listen = async {
            job.stopped().await;
            stop.cancel();
            std::future::pending::<T>().await
        };
        tokio::select! {
            biased; // a job that has to stop already does not begin
            never = listen => never,
            done = work => done,
        }
    }
}

#[async_trait]
impl Watch for JobWatch {
    fn step(&self, step: &Step) {
        (self.hear)(step);
        self.job.progress(&Progress { step: step.name.clone(), done_of: step.done_of });
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}

impl std::fmt::Debug for JobWatch {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("JobWatch").field("job", &self.job).finish_non_exhaustive()
    }
}
