//! A job as a row.

use std::error::Error;

use imaging::{ImageId, ImageJob, JobAttempt, NewJob};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns [`read`] wants.
pub(crate) const COLUMNS: &str = "image_id, asked, status, attempt_began, attempt_process, created_ms, done_ms, \
                                  image_url, files_url, logfile_url, error, version";

/// Reads a row; returns the version of the record too.
pub(crate) fn read(row: &AnyRow) -> Result<(ImageJob, i64), Box<dyn Error + Send + Sync>> {
    let text = |column| row.try_get::<String, _>(column);
    let asked: NewJob = serde_json::from_str(&text("asked")?)?;
    let job = ImageJob {
        status: text("status")?.parse()?,
        attempt: JobAttempt { began: text("attempt_began")?, process: text("attempt_process")? },
        done_ms: row.try_get("done_ms")?,
        image_url: text("image_url")?,
        files_url: text("files_url")?,
        logfile_url: text("logfile_url")?,
        error: text("error")?,
        ..ImageJob::recorded(&ImageId::reduce(&text("image_id")?)?, &asked, row.try_get("created_ms")?)
    };
    Ok((job, row.try_get("version")?))
}
