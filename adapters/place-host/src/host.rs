//! The place itself.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use child::{ChildError, Ended, Listen, Network, Place, Priority, Status, Task, run_through};
use nix::unistd::geteuid;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::argv::{Way, argv};
use crate::lifeline::lifeline;
use crate::{check, folders};

/// A task that is to end has so long; the script of [`crate::argv`] gives it two seconds before it kills.
const PATIENCE: Duration = Duration::from_secs(4);

/// Tasks on the host, as root; making one costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Host {
    priority: Priority,
}

impl Host {
    /// Makes a place on this machine: of root itself, or else of whoever sudo makes root without a password.
    pub fn new() -> Host {
        Host::default()
    }

    /// Has all tasks stand back behind others.
    #[must_use]
    pub fn behind_others(self, priority: Priority) -> Host {
        Host { priority }
    }
}

#[async_trait]
impl Place for Host {
    fn check(&self) -> Result<(), String> {
        check::works(&check::way()?)
    }

    fn check_network(&self, _network: &Network) -> Result<(), String> {
        Ok(()) // a task here reaches what the host does, whatever is asked for
    }

    fn resolver(&self, _network: &Network) -> Option<String> {
        None
    }

    /// Runs a task, which sees the whole host whatever its [`child::Sight`], and reads nothing on standard input.
    async fn run(&self, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
        let way = check::way().map_err(ChildError::Place)?;
        if !task.stdin.is_empty() {
            let text = format!("{} cannot be given anything to read on the host", task.program());
            return Err(ChildError::Place(text));
        }
        let ended = live(task, &way, self.priority, listen).await?;
        match check::refused(&ended.tail, &way) {
            Some(reason) if ended.status == Status::Exited(1) => Err(ChildError::Place(reason)),
            _ => Ok(ended),
        }
    }

    async fn make_folder(&self, folder: &Path) -> Result<(), ChildError> {
        folders::make(folder).await
    }

    async fn take_over(&self, file: &Path) -> Result<(), ChildError> {
        match geteuid().is_root() {
            true => Ok(()),
            false => folders::take_over(self, file).await,
        }
    }

    async fn remove(&self, folder: &Path) -> Result<(), ChildError> {
        folders::remove(self, folder).await
    }
}

/// Runs a task for as long as it may, and cuts its lifeline then.
async fn live(task: &Task, way: &Way, priority: Priority, listen: &Listen<'_>) -> Result<Ended, ChildError> {
    let (lifeline, entrance) =
        lifeline().map_err(|source| ChildError::Start { program: task.program(), source })?;
    let inside = Task { argv: argv(task, way), cwd: "/".into(), limit: None, priority, ..task.clone() };
    let last_resort = CancellationToken::new();
    let listen_inside = Listen { log: listen.log, line: listen.line, stop: last_resort.clone() };
    let mut run = std::pin::pin!(run_through(&inside, Some(entrance), &listen_inside));
    let too_long = async {
        match task.limit {
            Some(limit) => sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    let why = tokio::select! {
        ended = &mut run => return ended,
        () = listen.stop.cancelled() => Status::Stopped,
        () = too_long => Status::TookTooLong,
    };
    drop(lifeline);
    let ended = match timeout(PATIENCE, run.as_mut()).await {
        Ok(ended) => ended,
        // only what is stuck in the kernel is still there
        Err(_) => {
            last_resort.cancel();
            run.await
        }
    };
    Ok(Ended { status: why, ..ended? })
}
