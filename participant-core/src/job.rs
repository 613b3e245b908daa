//! A workitem while it is worked on.

use std::sync::Arc;

use tokio::sync::watch;

use crate::control::Stop;
use crate::exo::{Observer, quietly};
use crate::fei::Attempt;
use crate::launcher::{Launch, LaunchError, Launcher};

/// How far a job has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What it does now, as `installing packages`.
    pub step: String,
    /// How much of this step is done, and of how much; `None` when nobody knows.
    pub done_of: Option<(u64, u64)>,
}

/// What surrounds one call of [`handle_wi`](crate::Participant::handle_wi).
#[derive(Clone)]
pub struct Job {
    attempt: Attempt,
    stop: watch::Receiver<Option<Stop>>,
    launcher: Arc<dyn Launcher>,
    observer: Arc<dyn Observer>,
}

/// The other end of a job: asks it to stop.
#[derive(Clone, Debug)]
pub struct StopHandle(Arc<watch::Sender<Option<Stop>>>);

impl Job {
    /// Makes a job and the handle that stops it.
    pub fn new(
        attempt: Attempt,
        launcher: Arc<dyn Launcher>,
        observer: Arc<dyn Observer>,
    ) -> (Job, StopHandle) {
        let (sender, stop) = watch::channel(None);
        (Job { attempt, stop, launcher, observer }, StopHandle(Arc::new(sender)))
    }

    /// Returns which try at which step this is.
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// Returns why the job has to end early, if it has to.
    pub fn stop(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    /// Waits until the job has to end early; for ever when it does not.
    pub async fn stopped(&self) -> Stop {
        let mut stop = self.stop.clone();
        let reason = stop.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        match reason {
            Some(reason) => reason,
            None => std::future::pending().await, // nobody is left who could stop it
        }
    }

    /// Says how far the job has come.
    pub fn progress(&self, progress: &Progress) {
        quietly(|| self.observer.progress(&self.attempt, progress));
    }

    /// Starts another process.
    pub async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        self.launcher.launch(launch).await
    }
}

impl StopHandle {
    /// Asks the job to stop; the first reason counts. Returns whether this was the first.
    pub fn stop(&self, reason: Stop) -> bool {
        self.0.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(reason);
            first
        })
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Job")
            .field("attempt", &self.attempt)
            .field("stop", &self.stop())
            .finish_non_exhaustive()
    }
}
