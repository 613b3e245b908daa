//! `[db]`: where jobs are recorded.

use anyhow::Result;
use job_store_sql::SqlJobStore;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Site;
use crate::state::State;

const DB: &str = "db";

/// Opens the job store of the site: a PostgreSQL database, else the file of the state folder.
pub(crate) async fn store(site: &mut Site, state: &State) -> Result<SqlJobStore> {
    match server(site) {
        Some(url) => Ok(SqlJobStore::server(&url).await?),
        None => Ok(SqlJobStore::file(&state.private(state.jobs())?).await?),
    }
}

/// Returns the address of the database server, when one is configured. `db_engine` is written as Django writes it.
pub(crate) fn server(site: &mut Site) -> Option<String> {
    let engine = site.text(DB, "db_engine")?;
    match engine.rsplit('.').next().unwrap_or_default() {
        "sqlite3" | "sqlite" => return None,
        "postgresql" | "postgresql_psycopg2" | "postgres" => {}
        _ => {
            site.mistake(DB, "db_engine", format_args!("should be postgresql or sqlite3, not `{engine}`"));
            return None;
        }
    }
    let name = site.required(DB, "db_name", "the database");
    let user = site.required(DB, "db_user", "whom PostgreSQL knows us as");
    let password = site.required(DB, "db_pass", "the password of db_user");
    let host = site.text(DB, "db_host").unwrap_or_else(|| "localhost".into());
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    Some(format!("postgres://{}:{}@{host}/{}", encoded(&user), encoded(&password), encoded(&name)))
}
