//! Jobs as rows; whoever waits for one sees how far it is.

use std::time::Duration;

use futures_util::future::join_all;
use imaging::{JobLine, JobStatus, Person};
use rest::{Progress, Rest};

use crate::show::{Now, Row};

/// A page does not wait longer for what a machine that builds says.
const PATIENCE: Duration = Duration::from_millis(250);

/// Returns the rows of these jobs, for this person.
pub(crate) async fn rows(rest: &Rest, jobs: Vec<JobLine>, person: &Person) -> Vec<Row> {
    let row = |job: JobLine| async move {
        let now = now(rest, &job).await;
        Row { now, ..Row::of(job, person) }
    };
    join_all(jobs.into_iter().map(row)).await
}

/// Returns what is being done for a job; a row says nothing of it where that cannot be told soon.
async fn now(rest: &Rest, job: &JobLine) -> Option<Now> {
    if job.status != JobStatus::Building {
        return None;
    }
    let told = async { rest.progress(&rest.desk.jobs.job(&job.image_id).await.ok()??).await };
    let progress: Progress = tokio::time::timeout(PATIENCE, told).await.ok()??;
    let step = progress.steps.last()?.step.clone();
    Some(Now { step, done_of: progress.done.zip(progress.of) })
}
