//! Version 1: one table of jobs, all of what was asked for in one column.

use imaging::{ExtraRepo, ImageId, ImageJob, JobAttempt, NewJob};
use sqlx::{Executor, Row};

use super::Writing;
use crate::jobs;
use crate::pool::Failed;

/// How many jobs are in memory at once.
const PART: usize = 200;

/// Gives the old table another name.
pub(super) async fn put_aside(writing: &mut Writing) -> Result<(), Failed> {
    writing.execute("ALTER TABLE job RENAME TO job_of_version_1").await?;
    writing.execute("DROP INDEX IF EXISTS job_created").await?;
    Ok(())
}

/// Moves all jobs into the tables of today, the oldest first.
pub(super) async fn take_over(writing: &mut Writing) -> Result<(), Failed> {
    let (mut created, mut id) = (i64::MIN, String::new());
    loop {
        let rows = sqlx::query(
            "SELECT image_id, asked, status, attempt_began, attempt_process, created_ms, done_ms, image_url, files_url, \
             logfile_url, error FROM job_of_version_1 WHERE created_ms > $1 OR (created_ms = $2 AND image_id > $3) \
             ORDER BY created_ms, image_id LIMIT $4",
        )
        .bind(created)
        .bind(created)
        .bind(&id)
        .bind(i64::try_from(PART)?)
        .fetch_all(&mut **writing)
        .await?;
        for row in &rows {
            let text = |column| row.try_get::<String, _>(column);
            (created, id) = (row.try_get("created_ms")?, text("image_id")?);
            let asked = today(serde_json::from_str(&text("asked")?)?);
            let done_ms: Option<i64> = row.try_get("done_ms")?;
            let job = ImageJob {
                status: text("status")?.parse()?,
                attempt: JobAttempt { began: text("attempt_began")?, process: text("attempt_process")? },
                heard_ms: done_ms.unwrap_or(created),
                done_ms,
                image_url: text("image_url")?,
                files_url: text("files_url")?,
                logfile_url: text("logfile_url")?,
                error: text("error")?,
                ..ImageJob::recorded(&ImageId::reduce(&id)?, &asked, created)
            };
            jobs::insert(writing, &job).await?;
        }
        if rows.len() < PART {
            break;
        }
    }
    writing.execute("DROP TABLE job_of_version_1").await?;
    Ok(())
}

/// What had no field of its own stood in `more`, as JSON.
fn today(mut asked: NewJob) -> NewJob {
    let mut take = |field: &str| {
        let json = asked.more.remove(field)?;
        serde_json::from_str::<serde_json::Value>(&json).ok()
    };
    let text = |value: Option<serde_json::Value>| {
        value.and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    };
    let (release, devices) = (text(take("image.release")), text(take("image.devicegroup")));
    let overlay = take("image.packages").and_then(|list| serde_json::from_value(list).ok());
    let repos: Option<Vec<ExtraRepo>> =
        take("image.extra_repos").and_then(|list| serde_json::from_value(list).ok());
    NewJob {
        release,
        devicegroup: devices,
        overlay: overlay.unwrap_or_default(),
        extra_repos: repos.unwrap_or_default(),
        ..asked
    }
}
