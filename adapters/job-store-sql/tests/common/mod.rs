//! Empty databases, one a test.
#![allow(dead_code, reason = "every test file uses another part")]

use std::path::PathBuf;

use job_store_sql::SqlJobStore;
use sqlx::any::AnyConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};
use tempfile::TempDir;

/// A database nobody else uses.
pub(crate) enum Place {
    File(TempDir),
    Server(String),
}

impl Place {
    /// One of each kind.
    pub(crate) async fn both() -> [Place; 2] {
        [Place::File(tempfile::tempdir().unwrap()), Place::Server(new_database().await)]
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            // signs that mean something in an address
            Place::File(folder) => folder.path().join("a b%20c?d#e.db"),
            Place::Server(_) => panic!("it is no file"),
        }
    }

    /// Opens the store; each is a program of its own.
    pub(crate) async fn open(&self) -> Result<SqlJobStore, job_store_sql::OpenError> {
        match self {
            Place::File(_) => SqlJobStore::file(&self.path()).await,
            Place::Server(url) => SqlJobStore::server(url).await,
        }
    }

    /// Says something to the database without the store.
    pub(crate) async fn say(&self, statements: &str) {
        let mut connection = self.connection().await;
        for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
            connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
        }
    }

    pub(crate) async fn connection(&self) -> sqlx::AnyConnection {
        sqlx::any::install_default_drivers();
        let url = match self {
            Place::File(_) => {
                let path = self.path().display().to_string();
                let path =
                    path.replace('%', "%25").replace(' ', "%20").replace('?', "%3F").replace('#', "%23");
                format!("sqlite://{path}?mode=rwc")
            }
            Place::Server(url) => url.clone(),
        };
        url.parse::<AnyConnectOptions>().unwrap().connect().await.unwrap()
    }
}

/// Makes a database on the PostgreSQL of the tests, and returns its address.
pub(crate) async fn new_database() -> String {
    let url = std::env::var("IMG_TEST_POSTGRES_URL")
        .expect("IMG_TEST_POSTGRES_URL is not set: run the tests by `make test`, which starts a PostgreSQL");
    let (server, _) = url.rsplit_once('/').expect("the address names a database");
    let name = format!("img_{}", uuid::Uuid::new_v4().simple());
    Place::Server(url.clone()).say(&format!("CREATE DATABASE {name}")).await;
    format!("{server}/{name}")
}
