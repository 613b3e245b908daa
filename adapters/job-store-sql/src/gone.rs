//! What is known of jobs that were deleted.

use imaging::{GoneJob, ImageId};
use sqlx::{AnyConnection, Row};

use crate::pool::Failed;
use crate::row::clean;

/// Notes that a job is gone, and forgets those that were long ago.
pub(crate) async fn note(writing: &mut AnyConnection, gone: &GoneJob) -> Result<(), Failed> {
    sqlx::query("DELETE FROM job_gone WHERE gone_ms <= $1")
        .bind(gone.gone_ms.saturating_sub(GoneJob::KEPT_MS))
        .execute(&mut *writing)
        .await?;
    sqlx::query("INSERT INTO job_gone (image_id, prefix, cancelled_by, gone_ms) VALUES ($1, $2, $3, $4)")
        .bind(gone.image_id.as_str())
        .bind(clean(&gone.prefix))
        .bind(clean(gone.cancelled_by.as_deref().unwrap_or_default()))
        .bind(gone.gone_ms)
        .execute(writing)
        .await?;
    Ok(())
}

/// Finds a job that is gone.
pub(crate) async fn find(
    connection: &mut AnyConnection,
    image_id: &ImageId,
) -> Result<Option<GoneJob>, Failed> {
    let row = sqlx::query("SELECT prefix, cancelled_by, gone_ms FROM job_gone WHERE image_id = $1")
        .bind(image_id.as_str())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let cancelled_by: String = row.try_get("cancelled_by")?;
    Ok(Some(GoneJob {
        image_id: image_id.clone(),
        prefix: row.try_get("prefix")?,
        cancelled_by: Some(cancelled_by).filter(|who| !who.is_empty()),
        gone_ms: row.try_get("gone_ms")?,
    }))
}

/// Forgets a job that is gone, because one of its id is recorded again.
pub(crate) async fn forget(writing: &mut AnyConnection, image_id: &ImageId) -> Result<(), Failed> {
    sqlx::query("DELETE FROM job_gone WHERE image_id = $1").bind(image_id.as_str()).execute(writing).await?;
    Ok(())
}
