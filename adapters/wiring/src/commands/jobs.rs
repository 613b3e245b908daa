//! `img jobs`.

use anyhow::Result;
use cli::{JobLine, StateArguments};
use imaging::{JobFilter, JobSearch};
use job_store_sql::SqlJobStore;

use crate::state::State;

/// Lists the newest jobs.
pub(crate) async fn jobs(arguments: StateArguments, limit: u32) -> Result<u8> {
    let state = State::open(arguments.state)?;
    let store = SqlJobStore::file(&state.private(state.jobs())?).await?;
    let page = store.list(&JobFilter::default(), None, limit).await?;
    let lines: Vec<_> = page.jobs.into_iter().map(line).collect();
    cli::print_jobs(&lines, arguments.json);
    Ok(0)
}

fn line(job: imaging::JobLine) -> JobLine {
    JobLine {
        image_id: job.image_id.to_string(),
        status: job.status.to_string(),
        image_type: job.image_type,
        arch: job.arch,
        name: job.name,
        files_url: job.files_url,
        error: job.error,
    }
}
