//! The table of jobs, and how to get at it.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

/// What is searched has a column; `asked` holds all of what was asked for as JSON.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS job (
    image_id        TEXT PRIMARY KEY,
    request         TEXT NOT NULL UNIQUE,
    queue           TEXT NOT NULL,
    user_name       TEXT NOT NULL,
    name            TEXT NOT NULL,
    image_type      TEXT NOT NULL,
    arch            TEXT NOT NULL,
    asked           TEXT NOT NULL,
    status          TEXT NOT NULL,
    attempt_began   TEXT NOT NULL,
    attempt_process TEXT NOT NULL,
    created_ms      BIGINT NOT NULL,
    done_ms         BIGINT,
    image_url       TEXT NOT NULL,
    files_url       TEXT NOT NULL,
    logfile_url     TEXT NOT NULL,
    error           TEXT NOT NULL,
    version         BIGINT NOT NULL
)";

/// Signs that would end the path of an address.
const NOT_IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// What an address cannot say of a SQLite file.
const PRAGMAS: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";

const INDEX: &str = "CREATE INDEX IF NOT EXISTS job_created ON job (created_ms)";

/// Why the job store is not to be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the job store {place}{}", advice(source))]
pub struct OpenError {
    /// The file, or the server without its password.
    pub place: String,
    /// What came of it.
    #[source]
    pub source: sqlx::Error,
}

/// Says what to do about a file that is broken; nothing for all else.
fn advice(source: &sqlx::Error) -> &'static str {
    /// SQLite's numbers: the content is damaged, or it is no database at all.
    const BROKEN: [&str; 2] = ["11", "26"];
    let code = source.as_database_error().and_then(|error| error.code());
    match code {
        Some(code) if BROKEN.contains(&code.as_ref()) => {
            ", which is damaged: put back a copy, or move it away with its -wal and -shm to begin anew"
        }
        _ => "",
    }
}

/// Opens a SQLite file, making it when it is not there.
pub(crate) async fn open_file(path: &Path) -> Result<AnyPool, OpenError> {
    let path_in_url: PercentEncode<'_> = percent_encode(path.as_os_str().as_encoded_bytes(), NOT_IN_A_PATH);
    let url = format!("sqlite://{path_in_url}?mode=rwc");
    open(&url, 1).await.map_err(|source| OpenError { place: path.display().to_string(), source })
}

/// Opens a PostgreSQL database by its `postgres://` address.
pub(crate) async fn open_server(url: &str) -> Result<AnyPool, OpenError> {
    // the part before the @ holds the password
    let place = url.rsplit('@').next().unwrap_or_default().to_owned();
    open(url, 8).await.map_err(|source| OpenError { place, source })
}

async fn open(url: &str, connections: u32) -> sqlx::Result<AnyPool> {
    sqlx::any::install_default_drivers();
    let is_file = url.starts_with("sqlite:");
    let options = AnyConnectOptions::from_str(url)?;
    if is_file {
        // a pool would hide why, and try again for as long as it may
        let mut first = AnyConnection::connect_with(&options).await?;
        first.execute(PRAGMAS).await?;
        first.close().await?;
    }
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5)) // a server that refuses is asked again until then
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if is_file {
                    connection.execute(PRAGMAS).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    let mut tries = 0;
    loop {
        match make(&pool).await {
            Ok(()) => return Ok(pool),
            // PostgreSQL: two programs that make the same table at once
            Err(sqlx::Error::Database(_)) if tries < 3 => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn make(pool: &AnyPool) -> sqlx::Result<()> {
    pool.execute(SCHEMA).await?;
    pool.execute(INDEX).await?;
    Ok(())
}
