//! The tables, and how an older store becomes one of today.

mod first;

use imaging::registry;
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::pool::{Dialect, Failed, SqlJobStore, Writing};
use crate::site;

/// The version of the tables below. Version 1 had one table, and no number; version 2 forgot deleted jobs at once.
pub(crate) const VERSION: i64 = 3;

/// `{number}` counts by itself, `{key}` is one of these, `{sorted}` sorts by bytes on every server, `{compact}` has a table
/// sorted by its key.
///
/// Lists are sorted by `job.number`, downwards; each filter has an index that ends in it, and those of few values one
/// with the state before it.
const TABLES: &str = "
CREATE TABLE job (
    number           {number},
    image_id         TEXT NOT NULL UNIQUE,
    request          TEXT NOT NULL UNIQUE,
    queue            TEXT NOT NULL,
    user_name        TEXT NOT NULL,
    name             TEXT NOT NULL,
    image_type       TEXT NOT NULL,
    arch             TEXT NOT NULL,
    status           TEXT NOT NULL,
    attempt_began    TEXT NOT NULL,
    attempt_process  TEXT NOT NULL,
    created_ms       BIGINT NOT NULL,
    heard_ms         BIGINT NOT NULL,
    done_ms          BIGINT,
    image_url        TEXT NOT NULL,
    files_url        TEXT NOT NULL,
    logfile_url      TEXT NOT NULL,
    error            TEXT NOT NULL,
    test_result      TEXT NOT NULL,
    test_results_url TEXT NOT NULL,
    cancelled_by     TEXT NOT NULL,
    likeness         TEXT NOT NULL
);
CREATE INDEX job_status ON job (status, number);
CREATE INDEX job_user ON job (user_name, number);
CREATE INDEX job_user_status ON job (user_name, status, number);
CREATE INDEX job_queue ON job (queue, number);
CREATE INDEX job_queue_status ON job (queue, status, number);
CREATE INDEX job_type ON job (image_type, number);
CREATE INDEX job_type_status ON job (image_type, status, number);
CREATE INDEX job_arch ON job (arch, number);
CREATE INDEX job_arch_status ON job (arch, status, number);
CREATE INDEX job_likeness ON job (likeness, number);
CREATE TABLE job_asked (
    number    {key} PRIMARY KEY,
    asked     TEXT NOT NULL,
    kickstart TEXT NOT NULL
);
CREATE TABLE job_tag (
    tag    TEXT {sorted} NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (tag, number)
){compact};
CREATE INDEX job_tag_number ON job_tag (number, tag);
CREATE TABLE job_word (
    word   TEXT {sorted} NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (word, number)
){compact};
CREATE INDEX job_word_number ON job_word (number, word);
CREATE TABLE job_event (
    number BIGINT NOT NULL,
    place  {number},
    at_ms  BIGINT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL
);
CREATE INDEX job_event_number ON job_event (number, place);
CREATE TABLE errand (
    place    {number},
    name     TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    errand   TEXT NOT NULL,
    due_ms   BIGINT NOT NULL,
    tries    BIGINT NOT NULL,
    done_ms  BIGINT,
    why      TEXT NOT NULL
);
CREATE INDEX errand_due ON errand (place) WHERE done_ms IS NULL;
CREATE INDEX errand_image ON errand (image_id);
CREATE TABLE entry (
    kind  TEXT {sorted} NOT NULL,
    name  TEXT {sorted} NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE TABLE account (
    name     TEXT {sorted} PRIMARY KEY,
    account  TEXT NOT NULL,
    password TEXT
);
CREATE TABLE account_group (
    name   TEXT {sorted} PRIMARY KEY,
    entry TEXT NOT NULL
);
CREATE TABLE api_token (
    place   {number},
    id      TEXT NOT NULL UNIQUE,
    digest  TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    token   TEXT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX api_token_account ON api_token (account);
CREATE TABLE session (
    digest     TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires_ms);
CREATE TABLE audit (
    number {number},
    at_ms  BIGINT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    about  TEXT NOT NULL
)";

/// What version 3 added.
const THIRD: &str = "
CREATE TABLE job_gone (
    image_id     TEXT PRIMARY KEY,
    prefix       TEXT NOT NULL,
    cancelled_by TEXT NOT NULL,
    gone_ms      BIGINT NOT NULL
);
CREATE INDEX job_gone_since ON job_gone (gone_ms)";

/// Makes the tables of today when they are not there, and returns the version the store has now.
///
/// Of several programs that do so at once, one does; a program that is killed meanwhile leaves the store as it was.
pub(crate) async fn prepare(store: &SqlJobStore) -> Result<i64, Failed> {
    if let Some(version) = version(&mut *store.pool().acquire().await?, store.dialect()).await?
        && version >= VERSION
    {
        return Ok(version);
    }
    let mut writing = store.write().await?;
    if store.dialect() == Dialect::Postgres {
        // any number, as long as it is always the same
        sqlx::query("SELECT pg_advisory_xact_lock(7391462)").execute(&mut *writing).await?;
    }
    match version(&mut writing, store.dialect()).await? {
        None => make(&mut writing, store.dialect()).await?,
        Some(version) if version >= VERSION => return Ok(version), // somebody else did it
        Some(_) => run(&mut writing, store.dialect(), THIRD).await?,
    }
    sqlx::query("INSERT INTO job_store_version VALUES ($1)").bind(VERSION).execute(&mut *writing).await?;
    writing.commit().await?;
    Ok(VERSION)
}

/// Makes all tables, and moves the jobs of version 1 into them when there are any.
async fn make(writing: &mut Writing, dialect: Dialect) -> Result<(), Failed> {
    let is_old = has_table(writing, dialect, "job").await?;
    if is_old {
        first::put_aside(writing).await?;
    }
    for tables in [TABLES, THIRD] {
        run(writing, dialect, tables).await?;
    }
    for entry in registry::defaults() {
        site::put(writing, &entry).await?;
    }
    if is_old {
        first::take_over(writing).await?;
    }
    writing.execute("CREATE TABLE job_store_version (version BIGINT NOT NULL)").await?;
    Ok(())
}

/// Makes tables, in the words of the server.
async fn run(writing: &mut Writing, dialect: Dialect, tables: &str) -> Result<(), Failed> {
    let words = match dialect {
        Dialect::Sqlite => ["INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", "", " WITHOUT ROWID"],
        Dialect::Postgres => {
            ["BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "BIGINT", "COLLATE \"C\"", ""]
        }
    };
    for table in tables.split(';') {
        let table = ["{number}", "{key}", "{sorted}", "{compact}"]
            .into_iter()
            .zip(words)
            .fold(table.to_owned(), |table, (place, word)| table.replace(place, word));
        writing.execute(AssertSqlSafe(table)).await?;
    }
    Ok(())
}

/// Returns the version of a store that has one.
async fn version(connection: &mut sqlx::AnyConnection, dialect: Dialect) -> Result<Option<i64>, Failed> {
    if !has_table(connection, dialect, "job_store_version").await? {
        return Ok(None);
    }
    Ok(Some(sqlx::query_scalar("SELECT max(version) FROM job_store_version").fetch_one(connection).await?))
}

async fn has_table(
    connection: &mut sqlx::AnyConnection,
    dialect: Dialect,
    name: &str,
) -> Result<bool, Failed> {
    let question = match dialect {
        Dialect::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        Dialect::Postgres => {
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    };
    let row = sqlx::query(question).bind(name).fetch_one(connection).await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}
