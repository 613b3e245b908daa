//! Connections, transactions, and patience with a server that restarts.

use std::error::Error;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use imaging::StoreError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, AssertSqlSafe, Connection, Executor, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{room, schema};

/// Signs that would end the path of an address.
const NOT_IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// How long a statement is tried again while the server restarts.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whatever a statement can fail with.
pub(crate) type Failed = Box<dyn Error + Send + Sync>;

/// The job store in a database.
#[derive(Clone, Debug)]
pub struct SqlJobStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: AnyPool,
    dialect: Dialect,
    /// The file, or the server without its password.
    place: String,
    /// Writers of one program take turns here: SQLite's own way of waiting is to look again after a while.
    turn: Arc<Mutex<()>>,
}

/// What the databases do not have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Why the job store is not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be used; the text says what to do.
    #[error(transparent)]
    File(#[from] sqlite_file::OpenError),
    /// The database was found and refuses, or was not found.
    #[error("cannot open the job store {place}")]
    Database {
        /// The file, or the server without its password.
        place: String,
        /// What came of it.
        #[source]
        source: Failed,
    },
    /// A later version of this program has changed its tables.
    #[error(
        "the job store {place} is of version {found}, and this program knows up to {known}: run the newer program, or put back the copy that was made before it first ran"
    )]
    Newer {
        /// The file, or the server without its password.
        place: String,
        /// The version it has.
        found: i64,
        /// The latest version that is known here.
        known: i64,
    },
}

impl SqlJobStore {
    /// Opens the store in a SQLite file, making it when it is not there; several programs may share it. A store of an
    /// older version becomes one of today.
    pub async fn file(path: &Path) -> Result<SqlJobStore, OpenError> {
        sqlite_file::make(path).await?;
        let path_in_url: PercentEncode<'_> =
            percent_encode(path.as_os_str().as_encoded_bytes(), NOT_IN_A_PATH);
        let url = format!("sqlite://{path_in_url}?mode=rwc");
        open(&url, Dialect::Sqlite, 4, path.display().to_string()).await
    }

    /// Opens the store in a PostgreSQL database, as `postgres://user:password@host:5432/name`. A store of an older
    /// version becomes one of today.
    pub async fn server(url: &str) -> Result<SqlJobStore, OpenError> {
        // the part before the @ holds the password
        let place = url.rsplit('@').next().unwrap_or_default().to_owned();
        open(url, Dialect::Postgres, 8, place).await
    }

    /// Lets go of the database, so that all of it is in the one of its name; nothing can be done with it afterwards.
    pub async fn close(&self) {
        self.0.pool.close().await;
    }

    pub(crate) fn pool(&self) -> &AnyPool {
        &self.0.pool
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// Begins to write.
    pub(crate) async fn write(&self) -> sqlx::Result<Writing> {
        let (turn, begin) = match self.0.dialect {
            // a transaction that reads first could not go on when another program wrote meanwhile
            Dialect::Sqlite => (Some(self.0.turn.clone().lock_owned().await), "BEGIN IMMEDIATE"),
            Dialect::Postgres => (None, "BEGIN"),
        };
        Ok(Writing { transaction: self.0.pool.begin_with(begin).await?, _turn: turn })
    }

    /// Does something again while the server restarts: everything the store does may be done twice.
    pub(crate) async fn patiently<T, F>(
        &self,
        doing: &'static str,
        mut work: impl FnMut() -> F + Send,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failed>> + Send,
    {
        let began = Instant::now();
        let mut pause = Duration::from_millis(20);
        loop {
            match work().await {
                Ok(value) => return Ok(value),
                Err(failed) if passes(&failed) && began.elapsed() < PATIENCE => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                Err(failed) => return Err(StoreError { doing, source: room::told(failed, &self.0.place) }),
            }
        }
    }
}

/// A transaction, and the turn to write.
pub(crate) struct Writing {
    transaction: Transaction<'static, Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Writing {
    pub(crate) async fn commit(self) -> sqlx::Result<()> {
        self.transaction.commit().await
    }
}

impl Deref for Writing {
    type Target = sqlx::AnyConnection;

    fn deref(&self) -> &sqlx::AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut sqlx::AnyConnection {
        &mut self.transaction
    }
}

impl Dialect {
    /// Returns what locks the rows a transaction reads to change them.
    pub(crate) fn for_update(self, of: &str) -> String {
        match self {
            Dialect::Sqlite => String::new(),
            Dialect::Postgres => format!(" FOR UPDATE OF {of}"),
        }
    }
}

/// Tells whether something failed because the server went away, or two transactions were in each other's way.
fn passes(failed: &Failed) -> bool {
    match failed.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Io(_)) => true,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P0") || ["40001", "40P01"].contains(&&*code)
        }),
        _ => false,
    }
}

async fn open(
    url: &str,
    dialect: Dialect,
    connections: u32,
    place: String,
) -> Result<SqlJobStore, OpenError> {
    let pool = match connect(url, dialect, connections).await {
        Ok(pool) => pool,
        Err(sqlx::Error::PoolTimedOut) => {
            // the pool does not say why: one connection does
            let alone = tokio::time::timeout(Duration::from_secs(5), sqlx::AnyConnection::connect(url)).await;
            let source = match alone {
                Ok(Err(why)) => why.into(),
                _ => "it does not answer within 5 seconds".into(),
            };
            return Err(OpenError::Database { place, source });
        }
        Err(source) => return Err(OpenError::Database { place, source: source.into() }),
    };
    let inner = Inner { pool, dialect, place: place.clone(), turn: Arc::default() };
    let store = SqlJobStore(Arc::new(inner));
    match schema::prepare(&store).await {
        Ok(found) if found > schema::VERSION => {
            Err(OpenError::Newer { place, found, known: schema::VERSION })
        }
        Ok(_) => Ok(store),
        Err(source) => Err(OpenError::Database { place, source }),
    }
}

async fn connect(url: &str, dialect: Dialect, connections: u32) -> sqlx::Result<AnyPool> {
    sqlx::any::install_default_drivers();
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5)) // a server that refuses is asked again until then
        // a full disk ends a transaction without the connection knowing of it, which then begins no other: it is opened anew
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if dialect == Dialect::Sqlite {
                    // an address cannot say these
                    let patience = sqlite_file::PATIENCE.as_millis();
                    let settings = format!("PRAGMA busy_timeout = {patience}; PRAGMA synchronous = FULL");
                    connection.execute(AssertSqlSafe(settings)).await?;
                }
                Ok(())
            })
        })
        .connect_with(AnyConnectOptions::from_str(url)?)
        .await
}
