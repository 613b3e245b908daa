//! Reads the configuration again; it counts for the jobs that are still to come.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Result;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::crew::Crew;
use super::notify;

/// Does what is asked for, one after the other, while signals are still listened to.
pub(crate) struct Reloads {
    asked: Arc<Notify>,
    task: AbortHandle,
}

impl Reloads {
    /// `reload` puts a new configuration in force, or nothing of it.
    pub(crate) fn start(
        crew: Arc<Crew>,
        reload: impl Fn() -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + 'static,
    ) -> Reloads {
        let asked = Arc::new(Notify::new());
        let wait = asked.clone();
        let task = tokio::spawn(async move {
            loop {
                wait.notified().await;
                notify::reloading();
                let reloaded = reload().await;
                crew.outdated.store(reloaded.is_err(), Ordering::Relaxed);
                notify::ready(&crew);
                match reloaded {
                    Ok(()) => tracing::info!("the configuration was read again, for the jobs still to come"),
                    Err(error) => tracing::error!("the configuration stays as it was: {error:#}"),
                }
            }
        });
        Reloads { asked, task: task.abort_handle() }
    }

    /// Has the configuration read again; asked several times meanwhile, it is read once more.
    pub(super) fn ask(&self) {
        self.asked.notify_one();
    }
}

impl Drop for Reloads {
    fn drop(&mut self) {
        self.task.abort();
    }
}
