//! What a build says of itself: while it runs, and when it is over.

use std::sync::Arc;

use imaging::ImageJob;
use rest::{Progress, Rest};
use serde::Deserialize;

use crate::show::lasted;

/// The longest record that is read, in bytes.
const LONGEST: usize = 4 << 20;
/// So many warnings are shown.
const MOST: usize = 50;

/// What a page shows of it.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) steps: Vec<Step>,
    pub(super) warnings: Vec<String>,
}

/// A step, and how long it took.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) took: String,
    /// How much of the whole it took, 1 to 5.
    pub(super) share: u8,
    /// How much of it is done, in hundredths, while it runs.
    pub(super) done: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    steps: Vec<WrittenStep>,
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenStep {
    step: String,
    ms: u64,
}

/// Reads `record.json`; a build that left none, or another, says nothing.
pub(super) async fn read(rest: &Arc<Rest>, job: &ImageJob) -> Record {
    if !job.status.is_final() {
        let progress = rest.progress(job).await.unwrap_or_default();
        return Record { steps: so_far(progress), warnings: Vec::new() };
    }
    let Ok(answer) = rest.file(job, "record.json", &axum::http::HeaderMap::new()).await else {
        return Record::default();
    };
    let Ok(bytes) = axum::body::to_bytes(answer.into_body(), LONGEST).await else { return Record::default() };
    let written: Written = serde_json::from_slice(&bytes).unwrap_or_default();
    let steps = steps(written.steps.into_iter().map(|WrittenStep { step, ms }| (step, ms)));
    Record { steps, warnings: written.warnings.into_iter().take(MOST).collect() }
}

fn steps(times: impl Iterator<Item = (String, u64)>) -> Vec<Step> {
    let times: Vec<_> = times.collect();
    let whole: u64 = times.iter().map(|(_, ms)| ms).sum();
    let step = |(name, ms): (String, u64)| Step {
        name,
        took: lasted(ms.try_into().unwrap_or(i64::MAX)),
        share: match ms.saturating_mul(100) / whole.max(1) {
            0..5 => 1,
            5..15 => 2,
            15..30 => 3,
            30..60 => 4,
            _ => 5,
        },
        done: None,
    };
    times.into_iter().map(step).collect()
}

/// Returns the steps of a build that runs.
pub(super) fn so_far(progress: Progress) -> Vec<Step> {
    let mut steps = steps(progress.steps.into_iter().map(|time| (time.step, time.ms)));
    if let (Some(last), Some(done), Some(of)) = (steps.last_mut(), progress.done, progress.of) {
        last.done = Some((done.saturating_mul(100) / of.max(1)).min(100));
        last.took = format!("{done} of {of}");
    }
    steps
}
