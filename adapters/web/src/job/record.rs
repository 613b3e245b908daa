//! What a build says of itself when it is over.

use std::sync::Arc;

use imaging::ImageJob;
use rest::Rest;
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
        return Record::default();
    }
    let Ok(answer) = rest.file(job, "record.json", &axum::http::HeaderMap::new()).await else {
        return Record::default();
    };
    let Ok(bytes) = axum::body::to_bytes(answer.into_body(), LONGEST).await else { return Record::default() };
    let written: Written = serde_json::from_slice(&bytes).unwrap_or_default();
    let whole: u64 = written.steps.iter().map(|step| step.ms).sum();
    let steps = written.steps.into_iter().map(|WrittenStep { step, ms }| Step {
        name: step,
        took: lasted(ms.try_into().unwrap_or(i64::MAX)),
        share: match ms.saturating_mul(100) / whole.max(1) {
            0..5 => 1,
            5..15 => 2,
            15..30 => 3,
            30..60 => 4,
            _ => 5,
        },
    });
    Record { steps: steps.collect(), warnings: written.warnings.into_iter().take(MOST).collect() }
}
