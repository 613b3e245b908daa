//! A job as rows.

use std::collections::BTreeSet;

use imaging::{ImageId, ImageJob, JobAttempt, JobLine, NewJob, Tag, TestResult};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::pool::Failed;

/// The columns [`line`] wants, of a table `j`; a reason for an error may be long.
pub(crate) const LINE: &str = "j.number, j.image_id, j.queue, j.user_name, j.name, j.image_type, j.arch, j.status, \
                               j.created_ms, j.heard_ms, j.done_ms, j.image_url, j.files_url, j.logfile_url, \
                               substr(j.error, 1, 1000) AS error, j.test_result";

/// The columns [`job`] wants, of tables `j` and `a`.
pub(crate) const WHOLE: &str = "j.number, j.image_id, j.status, j.attempt_began, j.attempt_process, j.created_ms, \
                                j.heard_ms, j.done_ms, j.image_url, j.files_url, j.logfile_url, j.error, j.test_result, \
                                j.test_results_url, j.cancelled_by, a.asked";

/// Reads the line of a list, without its tags.
pub(crate) fn line(row: &AnyRow) -> Result<(i64, JobLine), Failed> {
    let text = |column| row.try_get::<String, _>(column);
    let line = JobLine {
        image_id: ImageId::reduce(&text("image_id")?)?,
        queue: text("queue")?,
        user: text("user_name")?,
        name: text("name")?,
        image_type: text("image_type")?,
        arch: text("arch")?,
        status: text("status")?.parse()?,
        created_ms: row.try_get("created_ms")?,
        heard_ms: row.try_get("heard_ms")?,
        done_ms: row.try_get("done_ms")?,
        image_url: text("image_url")?,
        files_url: text("files_url")?,
        logfile_url: text("logfile_url")?,
        error: text("error")?,
        test_result: text("test_result")?.parse::<TestResult>().ok(),
        tags: BTreeSet::new(),
    };
    Ok((row.try_get("number")?, line))
}

/// Reads a job with its tags; its kickstart is left empty.
pub(crate) fn job(row: &AnyRow, tags: BTreeSet<Tag>) -> Result<(i64, ImageJob), Failed> {
    let text = |column| row.try_get::<String, _>(column);
    let asked: NewJob = serde_json::from_str(&text("asked")?)?;
    let job = ImageJob {
        image_id: ImageId::reduce(&text("image_id")?)?,
        asked,
        status: text("status")?.parse()?,
        attempt: JobAttempt { began: text("attempt_began")?, process: text("attempt_process")? },
        created_ms: row.try_get("created_ms")?,
        heard_ms: row.try_get("heard_ms")?,
        done_ms: row.try_get("done_ms")?,
        image_url: text("image_url")?,
        files_url: text("files_url")?,
        logfile_url: text("logfile_url")?,
        error: text("error")?,
        test_result: text("test_result")?.parse::<TestResult>().ok(),
        test_results_url: text("test_results_url")?,
        tags,
        cancelled_by: Some(text("cancelled_by")?).filter(|who| !who.is_empty()),
    };
    Ok((row.try_get("number")?, job))
}

/// Returns a text PostgreSQL takes: it has no sign with the number 0.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Returns `$5, $6, $7` for three values from the fifth on.
pub(crate) fn places(first: usize, count: usize) -> String {
    let places: Vec<_> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}
