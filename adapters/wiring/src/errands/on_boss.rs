//! What a BOSS says of the processes of jobs, by its viewer.
//!
//! The form of its pages is read in the sources of ruote-kit, and was not recorded.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use imaging::{ImageJob, now_ms};
use viewer::Viewer;

use super::missing::{Fate, Processes};

/// How long the news of a process that is gone may be on their way, in milliseconds: whoever notes them may be away. An
/// image that is there would be called an ERROR.
const NEWS_LATE_MS: i64 = 3_600_000;

/// Asks the viewer of a BOSS.
///
/// That a process is gone is believed when the viewer has known another one before: so the wrong viewer ends no job.
#[derive(Debug)]
pub struct OnBoss {
    viewer: Viewer,
    knew_one: AtomicBool,
}

impl OnBoss {
    /// Makes one that has not asked yet.
    pub fn new(viewer: Viewer) -> OnBoss {
        OnBoss { viewer, knew_one: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Processes for OnBoss {
    async fn fate(&self, job: &ImageJob) -> anyhow::Result<Fate> {
        let known = [job.attempt.process.as_str(), job.asked.process.as_str()];
        let wfid = known.into_iter().find(|wfid| !wfid.is_empty());
        let (false, Some(wfid)) = (job.status.is_final(), wfid) else {
            return Ok(Fate::Unknown); // a post-process, or one of which only the engine knows how it is called
        };
        let process = self.viewer.process(wfid).await?;
        if process.is_some() {
            self.knew_one.store(true, Ordering::Relaxed);
        }
        let silent_ms = now_ms().saturating_sub(job.heard_ms);
        Ok(match process.map(|process| process.errors) {
            Some(errors) if errors.is_empty() => Fate::Runs,
            Some(errors) => Fate::Gone(format!("its process stopped: {}", errors.join("; "))),
            None if self.knew_one.load(Ordering::Relaxed) && silent_ms >= NEWS_LATE_MS => {
                Fate::Gone("its process is gone from the engine, and nothing was heard of the image".into())
            }
            None => Fate::Unknown,
        })
    }
}
