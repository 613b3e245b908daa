//! Reads the configuration again; it counts for the jobs that are still to come.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::crew::Crew;
use super::{notify, read_all};
use crate::hosted::Post;
use crate::participants::Host;

/// Does what is asked for, one after the other, while signals are still listened to.
pub(super) struct Reloads {
    asked: Arc<Notify>,
    task: AbortHandle,
}

impl Reloads {
    pub(super) fn start(config: PathBuf, crew: Arc<Crew>, host: Host) -> Reloads {
        let asked = Arc::new(Notify::new());
        let wait = asked.clone();
        let task = tokio::spawn(async move {
            loop {
                wait.notified().await;
                notify::reloading();
                let reloaded = reload(&config, &crew.posts, &host).await;
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

/// Puts new participants in place of all old ones, or of none.
async fn reload(config: &Path, posts: &[Post], host: &Host) -> Result<()> {
    let wanted = read_all(posts.iter().map(|post| &post.name), config)?;
    let mut next = Vec::new();
    for (mut hosted, post) in wanted.into_iter().zip(posts) {
        let participant =
            hosted.participant(host).await.with_context(|| format!("cannot run {}", post.name))?;
        next.push((post, participant, post.fixed.changed(&hosted.fixed())));
    }
    for (post, participant, changed) in next {
        post.participant.replace(participant).await;
        if !changed.is_empty() {
            tracing::warn!("{}: {} needs a restart to count", post.name, changed.join(", "));
        }
    }
    Ok(())
}
