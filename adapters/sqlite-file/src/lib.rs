//! A SQLite file that several programs open, make and write at the same time, and that survives power loss.
//!
//! SQLite lets readers and writers wait for each other, with one exception: of two programs that make a file at once,
//! or change it to write-ahead logging, one is refused without a wait. So that is asked for again, for a while.

mod trouble;

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

pub use trouble::{NoRoom, OpenError, is_full, told};

/// How long a statement waits for other programs: longer than any of ours writes at a stretch.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait before the file is asked for again.
const PAUSE: Duration = Duration::from_millis(20);

/// Opens a file with so many connections, making it when it is not there; its folder has to be.
///
/// What a finished statement wrote is on disk.
pub async fn open(file: &Path, connections: u32) -> Result<SqlitePool, OpenError> {
    make(file).await?;
    // a full disk ends a transaction without the connection knowing of it, which then begins no other: it is opened anew
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    pool.connect_with(options(file)).await.map_err(|source| OpenError::of(file, source))
}

/// Makes a file when it is not there, and sees to it that it can be read and opened by whoever comes next.
///
/// Does nothing to a file that is as it should be.
pub async fn make(file: &Path) -> Result<(), OpenError> {
    let started = Instant::now();
    loop {
        match touch(file).await {
            Err(busy) if trouble::is_busy(&busy) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
            }
            made => return made.map_err(|source| OpenError::of(file, source)),
        }
    }
}

async fn touch(file: &Path) -> sqlx::Result<()> {
    let mut connection = options(file).connect().await?;
    // a damaged file is told here, not by the first statement that meets the damage
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut connection).await?;
    connection.close().await
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
}
