//! People, their secrets, and the audit log.

mod audit;
mod people;
mod secrets;

use async_trait::async_trait;
use imaging::{Account, Accounts, ApiToken, AuditEntry, Group, Session, StoreError};
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

pub(crate) use self::audit::audit;
use self::secrets::{session, token};
use crate::pool::{Failed, SqlJobStore, Writing};
use crate::row::clean;

/// Reads the JSON of a column.
fn read<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, Failed> {
    Ok(serde_json::from_str(&row.try_get::<String, _>(column)?)?)
}

/// Deletes the rows of a table where a column has this value; says whether there were any.
async fn delete(writing: &mut AnyConnection, table: &str, column: &str, value: &str) -> Result<bool, Failed> {
    let sql = format!("DELETE FROM {table} WHERE {column} = $1");
    let deleted = sqlx::query(AssertSqlSafe(sql)).bind(clean(value)).execute(writing).await?;
    Ok(deleted.rows_affected() > 0)
}

impl SqlJobStore {
    /// Returns the first row of a statement with one value.
    async fn one(&self, sql: &'static str, value: &str) -> Result<Option<AnyRow>, Failed> {
        Ok(sqlx::query(sql).bind(clean(value)).fetch_optional(self.pool()).await?)
    }

    /// Ends a change with its entry in the audit log, if there was one.
    async fn audited(
        &self,
        mut writing: Writing,
        changed: bool,
        now_ms: i64,
        who: &str,
        what: &str,
        about: &str,
    ) -> Result<bool, Failed> {
        if changed {
            audit(&mut writing, now_ms, who, what, about).await?;
        }
        writing.commit().await?;
        Ok(changed)
    }
}

#[async_trait]
impl Accounts for SqlJobStore {
    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let work = || async move {
            let row = self.one("SELECT account FROM account WHERE name = $1", name).await?;
            row.map(|row| read(&row, "account")).transpose()
        };
        self.patiently("read an account", work).await
    }

    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<Account>, StoreError> {
        let work = || async move {
            let rows = sqlx::query("SELECT account FROM account WHERE name > $1 ORDER BY name LIMIT $2")
                .bind(clean(after))
                .bind(i64::from(limit))
                .fetch_all(self.pool())
                .await?;
            rows.iter().map(|row| read(row, "account")).collect()
        };
        self.patiently("list the accounts", work).await
    }

    async fn put_account(&self, account: &Account, who: &str, now_ms: i64) -> Result<(), StoreError> {
        self.patiently("write an account", || self.try_put_account(account, who, now_ms)).await
    }

    async fn remove_account(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        self.patiently("remove an account", || self.try_remove_account(name, who, now_ms)).await
    }

    async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        let work = || async move {
            let row = self.one("SELECT password FROM account WHERE name = $1", name).await?;
            Ok(row.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten())
        };
        self.patiently("read an account", work).await
    }

    async fn set_password(
        &self,
        name: &str,
        hash: Option<&str>,
        who: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.patiently("set a password", || self.try_set_password(name, hash, who, now_ms)).await
    }

    async fn groups(&self) -> Result<Vec<Group>, StoreError> {
        let work = || async move {
            let rows =
                sqlx::query("SELECT entry FROM account_group ORDER BY name").fetch_all(self.pool()).await?;
            rows.iter().map(|row| read(row, "entry")).collect()
        };
        self.patiently("list the groups", work).await
    }

    async fn put_group(&self, group: &Group, who: &str, now_ms: i64) -> Result<(), StoreError> {
        self.patiently("write a group", || self.try_put_group(group, who, now_ms)).await
    }

    async fn remove_group(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        self.patiently("remove a group", || self.try_remove_group(name, who, now_ms)).await
    }

    async fn add_token(&self, token: &ApiToken, digest: &str, who: &str) -> Result<(), StoreError> {
        self.patiently("write a secret", || self.try_add_token(token, digest, who)).await
    }

    async fn token(&self, digest: &str) -> Result<Option<ApiToken>, StoreError> {
        let work = || async move {
            let row = self.one("SELECT token, used_ms FROM api_token WHERE digest = $1", digest).await?;
            row.map(|row| token(&row)).transpose()
        };
        self.patiently("look for a secret", work).await
    }

    async fn tokens(&self, account: &str) -> Result<Vec<ApiToken>, StoreError> {
        let work = || async move {
            let rows =
                sqlx::query("SELECT token, used_ms FROM api_token WHERE account = $1 ORDER BY place DESC")
                    .bind(clean(account))
                    .fetch_all(self.pool())
                    .await?;
            rows.iter().map(token).collect()
        };
        self.patiently("list secrets", work).await
    }

    async fn token_used(&self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        self.patiently("note the use of a secret", || self.try_token_used(id, now_ms)).await
    }

    async fn remove_token(&self, id: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        self.patiently("remove a secret", || self.try_remove_token(id, who, now_ms)).await
    }

    async fn put_session(&self, digest: &str, session: &Session, now_ms: i64) -> Result<(), StoreError> {
        self.patiently("write a session", || self.try_put_session(digest, session, now_ms)).await
    }

    async fn session(&self, digest: &str) -> Result<Option<Session>, StoreError> {
        let work = || async move {
            let row = self
                .one("SELECT account, created_ms, expires_ms FROM session WHERE digest = $1", digest)
                .await?;
            row.map(|row| session(&row)).transpose()
        };
        self.patiently("look for a session", work).await
    }

    async fn end_session(&self, digest: &str) -> Result<(), StoreError> {
        self.patiently("end a session", || self.try_end_session(digest)).await
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.patiently("write the audit log", || self.try_audit(entry)).await
    }

    async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<(i64, AuditEntry)>, StoreError> {
        self.patiently("read the audit log", || self.try_audit_log(before, limit)).await
    }
}
