//! The audit log.

use imaging::AuditEntry;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::pool::{Failed, SqlJobStore};
use crate::row::clean;

/// Adds to the audit log.
pub(crate) async fn audit(
    writing: &mut AnyConnection,
    at_ms: i64,
    who: &str,
    what: &str,
    about: &str,
) -> Result<(), Failed> {
    sqlx::query("INSERT INTO audit (at_ms, who, what, about) VALUES ($1, $2, $3, $4)")
        .bind(at_ms)
        .bind(clean(who))
        .bind(clean(what))
        .bind(clean(about))
        .execute(writing)
        .await?;
    Ok(())
}

impl SqlJobStore {
    pub(super) async fn try_audit(&self, entry: &AuditEntry) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        audit(&mut writing, entry.at_ms, &entry.who, &entry.what, &entry.about).await?;
        Ok(writing.commit().await?)
    }

    pub(super) async fn try_audit_log(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AuditEntry)>, Failed> {
        let rows = sqlx::query(
            "SELECT number, at_ms, who, what, about FROM audit WHERE number < $1 ORDER BY number DESC LIMIT $2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?;
        let entry = |row: &AnyRow| {
            let entry = AuditEntry {
                at_ms: row.try_get("at_ms")?,
                who: row.try_get("who")?,
                what: row.try_get("what")?,
                about: row.try_get("about")?,
            };
            Ok((row.try_get("number")?, entry))
        };
        rows.iter().map(entry).collect()
    }
}
