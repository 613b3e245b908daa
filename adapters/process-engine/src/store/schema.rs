//! Opening the database.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::world::milliseconds;

/// Longer than any other program writes at a stretch.
const PATIENCE: Duration = Duration::from_secs(10);
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

/// Opens or makes the database; tries again for a while when another program is doing the same.
pub(super) async fn open(path: &Path) -> sqlx::Result<SqlitePool> {
    let started = std::time::Instant::now();
    loop {
        match prepare(path).await {
            Err(sqlx::Error::Database(error)) if is_busy(&*error) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened,
        }
    }
}

async fn prepare(path: &Path) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
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
    transaction.commit().await?;
    Ok(pool)
}

/// Changing to WAL does not wait for others by itself.
fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6)) // SQLITE_BUSY, SQLITE_LOCKED
}
