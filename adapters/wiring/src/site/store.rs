//! `[db]`: where jobs are recorded.

use anyhow::Result;
use config::Configuration;
use job_store_sql::SqlJobStore;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::state::State;

const DB: &str = "db";

/// Where a site records its jobs.
#[derive(Clone)]
pub(crate) enum Database {
    /// In the file of the state folder.
    File,
    /// On the PostgreSQL of this address.
    Server(String),
}

/// Opens the job store of the site.
pub(crate) async fn store(site: &mut Configuration, state: &State) -> Result<SqlJobStore> {
    let database = database(site);
    super::finish(site)?;
    match database {
        Database::Server(url) => Ok(SqlJobStore::server(&url).await?),
        Database::File => Ok(SqlJobStore::file(&state.private(state.jobs())?).await?),
    }
}

/// Reads `[db]`. `db_engine` is written as Django writes it.
pub(crate) fn database(site: &mut Configuration) -> Database {
    let engine = site.text(DB, "db_engine").unwrap_or_default();
    match engine.rsplit('.').next().unwrap_or_default() {
        "sqlite3" | "sqlite" => return Database::File,
        "postgresql" | "postgresql_psycopg2" | "postgres" => {}
        _ => {
            site.mistake(DB, "db_engine", format_args!("should be postgresql or sqlite3, not `{engine}`"));
            return Database::File;
        }
    }
    let name = site.required(DB, "db_name");
    let user = site.required(DB, "db_user");
    let password = site.required(DB, "db_pass");
    let host = site.text(DB, "db_host").unwrap_or_default();
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (name, user, password) = (encoded(&name), encoded(&user), encoded(&password));
    Database::Server(format!("postgres://{user}:{password}@{host}/{name}"))
}
