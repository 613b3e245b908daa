//! `img jobs`.

use anyhow::Result;
use cli::{JobLine, StateArguments};
use imaging::{ImageJob, JobStore};
use job_store_sql::SqlJobStore;

use crate::state::State;

/// Lists the newest jobs.
pub(crate) async fn jobs(arguments: StateArguments, limit: u32) -> Result<u8> {
    let state = State::open(arguments.state)?;
    let store = SqlJobStore::file(&state.private(state.jobs())?).await?;
    let lines: Vec<_> = store.newest(limit).await?.into_iter().map(line).collect();
    cli::print_jobs(&lines, arguments.json);
    Ok(0)
}

fn line(job: ImageJob) -> JobLine {
    JobLine {
        image_id: job.image_id.to_string(),
        status: job.status.to_string(),
        image_type: job.asked.image_type,
        arch: job.asked.arch,
        name: job.asked.name,
        files_url: job.files_url,
        error: job.error,
    }
}
