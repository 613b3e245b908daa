//! The table the messages are in.

use std::path::Path;
use std::time::{Duration, SystemTime};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

/// `state`: 0 waits, 1 is out with its owner, 2 is dealt with (kept for a while so that the same id is not taken
/// twice), 3 was set aside for a person to look at.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS message (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    queue      TEXT NOT NULL,
    id         TEXT,
    owner      TEXT NOT NULL,
    state      INTEGER NOT NULL DEFAULT 0,
    deliveries INTEGER NOT NULL DEFAULT 0,
    body       BLOB NOT NULL,
    reason     TEXT,
    changed    INTEGER NOT NULL,
    UNIQUE (queue, id)
);
CREATE INDEX IF NOT EXISTS message_waiting ON message (owner, queue, state, number);
";

/// How long the id of a message is remembered after it was dealt with.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

/// Opens the file, making it when it is not there.
pub(crate) async fn open(path: &Path) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full) // a confirmed message survives power loss
        .busy_timeout(Duration::from_secs(30));
    // one connection: statements of one program never wait for each other's locks
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::raw_sql(SCHEMA).execute(&pool).await?;
    let old = now_ms() - i64::try_from(REMEMBERED.as_millis()).expect("a month");
    sqlx::query("DELETE FROM message WHERE state = 2 AND changed < $1").bind(old).execute(&pool).await?;
    Ok(pool)
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
