//! The tables.

use sqlx::sqlite::SqlitePool;

use crate::world::milliseconds;

/// How long processes that are over are kept.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS engine_process (
        wfid TEXT PRIMARY KEY,
        launch_id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        definition TEXT NOT NULL,
        state TEXT NOT NULL,
        position TEXT NOT NULL,
        waiting_for TEXT NOT NULL,
        waiting_step TEXT NOT NULL,
        dispatched_at TEXT NOT NULL,
        fields TEXT NOT NULL,
        error TEXT NOT NULL,
        launched_ms BIGINT NOT NULL,
        ended_ms BIGINT)",
    "CREATE INDEX IF NOT EXISTS engine_process_launched ON engine_process (launched_ms)",
    "CREATE INDEX IF NOT EXISTS engine_process_ended ON engine_process (ended_ms)",
    "CREATE TABLE IF NOT EXISTS engine_outbox (
        place INTEGER PRIMARY KEY,
        cause TEXT NOT NULL,
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS engine_outbox_cause ON engine_outbox (cause)",
];

/// Makes the tables that are not there, and forgets processes that were over long ago.
pub(super) async fn prepare(pool: &SqlitePool) -> sqlx::Result<()> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    for table in TABLES {
        sqlx::query(*table).execute(&mut *transaction).await?;
    }
    sqlx::query(
        "DELETE FROM engine_process WHERE wfid IN \
         (SELECT wfid FROM engine_process WHERE ended_ms < $1 ORDER BY ended_ms LIMIT 10000)",
    )
    .bind(milliseconds() - KEPT_MS)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}
