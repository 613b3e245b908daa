//! How far a build is.

use imaging::{ImageJob, JobStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::source::{Growing, find};
use crate::service::Rest;

/// What the worker calls the file; it is beside the log.
const FILE: &str = "progress.json";

/// How far a build is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Progress {
    /// The steps until now; the last one runs.
    pub steps: Vec<StepTime>,
    /// How much of the step that runs is done, where that is known.
    pub done: Option<u64>,
    /// Of how much.
    pub of: Option<u64>,
}

/// A step, and how long it took.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct StepTime {
    /// What is done, as `installing packages`.
    pub step: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

impl Rest {
    /// Returns how far a job is that is being built; none when nobody says. Where that cannot be read, it is not said: the job
    /// is shown all the same.
    pub async fn progress(&self, job: &ImageJob) -> Option<Progress> {
        if job.status != JobStatus::Building {
            return None;
        }
        let file = find(self, job, Some(FILE)).await.ok()??;
        let text = Growing::from(file).read(self, 0).await.ok()?;
        serde_json::from_slice(&text).ok()
    }
}
