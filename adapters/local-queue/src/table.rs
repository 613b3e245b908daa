//! The table the messages are in.

use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqlitePool;

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

/// Makes the table when it is not there, and forgets what was dealt with long ago.
pub(crate) async fn prepare(pool: &SqlitePool) -> sqlx::Result<()> {
    sqlx::raw_sql(SCHEMA).execute(pool).await?;
    let old = now_ms() - i64::try_from(REMEMBERED.as_millis()).expect("a month");
    sqlx::query("DELETE FROM message WHERE state = 2 AND changed < $1").bind(old).execute(pool).await?;
    Ok(())
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
