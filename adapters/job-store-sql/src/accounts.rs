//! People, their secrets, and the audit log.

use async_trait::async_trait;
use imaging::{Account, Accounts, ApiToken, AuditEntry, Group, Session, StoreError};
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::pool::{Failed, SqlJobStore, Writing};
use crate::row::clean;

/// Adds to the audit log.
pub(crate) async fn audit(
    writing: &mut AnyConnection,
    at_ms: i64,
    who: &str,
    what: &str,
    about: &str,
) -> Result<(), Failed> {
    sqlx::query("INSERT INTO audit (at_ms, who, what, about) VALUES ($1, $2, $3, $4)")
        .bind(at_ms)
        .bind(clean(who))
        .bind(clean(what))
        .bind(clean(about))
        .execute(writing)
        .await?;
    Ok(())
}

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

fn token(row: &AnyRow) -> Result<ApiToken, Failed> {
    let token: ApiToken = read(row, "token")?;
    Ok(ApiToken { used_ms: row.try_get("used_ms")?, ..token })
}

fn session(row: &AnyRow) -> Result<Session, Failed> {
    Ok(Session {
        account: row.try_get("account")?,
        created_ms: row.try_get("created_ms")?,
        expires_ms: row.try_get("expires_ms")?,
    })
}

impl SqlJobStore {
    /// Returns the first row of a statement with one value.
    async fn one(&self, sql: &'static str, value: &str) -> Result<Option<AnyRow>, Failed> {
        Ok(sqlx::query(sql).bind(clean(value)).fetch_optional(self.pool()).await?)
    }

    async fn try_put_account(&self, account: &Account, who: &str, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query(
            "INSERT INTO account (name, account) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET account = excluded.account",
        )
        .bind(clean(&account.name))
        .bind(serde_json::to_string(account)?)
        .execute(&mut *writing)
        .await?;
        audit(&mut writing, now_ms, who, "wrote the account", &account.name).await?;
        Ok(writing.commit().await?)
    }

    async fn try_remove_account(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let was_there = delete(&mut writing, "account", "name", name).await?;
        delete(&mut writing, "api_token", "account", name).await?;
        delete(&mut writing, "session", "account", name).await?;
        self.audited(writing, was_there, now_ms, who, "removed the account", name).await
    }

    async fn try_set_password(
        &self,
        name: &str,
        hash: Option<&str>,
        who: &str,
        now_ms: i64,
    ) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let set = sqlx::query("UPDATE account SET password = $1 WHERE name = $2")
            .bind(hash)
            .bind(clean(name))
            .execute(&mut *writing)
            .await?;
        delete(&mut writing, "session", "account", name).await?;
        self.audited(writing, set.rows_affected() > 0, now_ms, who, "set the password", name).await
    }

    async fn try_put_group(&self, group: &Group, who: &str, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query(
            "INSERT INTO account_group (name, entry) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET entry = excluded.entry",
        )
        .bind(clean(&group.name))
        .bind(serde_json::to_string(group)?)
        .execute(&mut *writing)
        .await?;
        audit(&mut writing, now_ms, who, "wrote the group", &group.name).await?;
        Ok(writing.commit().await?)
    }

    async fn try_remove_group(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let was_there = delete(&mut writing, "account_group", "name", name).await?;
        self.audited(writing, was_there, now_ms, who, "removed the group", name).await
    }

    async fn try_add_token(&self, token: &ApiToken, digest: &str, who: &str) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        let added = sqlx::query(
            "INSERT INTO api_token (id, digest, account, token) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&token.id)
        .bind(digest)
        .bind(clean(&token.account))
        .bind(serde_json::to_string(token)?)
        .execute(&mut *writing)
        .await?;
        let about = format!("{} of {}", token.id, token.account);
        self.audited(writing, added.rows_affected() > 0, token.created_ms, who, "made the secret", &about)
            .await?;
        Ok(())
    }

    async fn try_remove_token(&self, id: &str, who: &str, now_ms: i64) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let account: Option<String> =
            sqlx::query_scalar("DELETE FROM api_token WHERE id = $1 RETURNING account")
                .bind(clean(id))
                .fetch_optional(&mut *writing)
                .await?;
        let about = format!("{id} of {}", account.as_deref().unwrap_or_default());
        self.audited(writing, account.is_some(), now_ms, who, "removed the secret", &about).await
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

    async fn try_put_session(&self, digest: &str, session: &Session, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query("DELETE FROM session WHERE expires_ms <= $1").bind(now_ms).execute(&mut *writing).await?;
        sqlx::query(
            "INSERT INTO session (digest, account, created_ms, expires_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (digest) DO UPDATE SET expires_ms = excluded.expires_ms",
        )
        .bind(digest)
        .bind(clean(&session.account))
        .bind(session.created_ms)
        .bind(session.expires_ms)
        .execute(&mut *writing)
        .await?;
        Ok(writing.commit().await?)
    }

    async fn try_end_session(&self, digest: &str) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        delete(&mut writing, "session", "digest", digest).await?;
        Ok(writing.commit().await?)
    }

    async fn try_token_used(&self, id: &str, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query("UPDATE api_token SET used_ms = $1 WHERE id = $2")
            .bind(now_ms)
            .bind(id)
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    async fn try_audit(&self, entry: &AuditEntry) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        audit(&mut writing, entry.at_ms, &entry.who, &entry.what, &entry.about).await?;
        Ok(writing.commit().await?)
    }

    async fn try_audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<(i64, AuditEntry)>, Failed> {
        let rows = sqlx::query(
            "SELECT number, at_ms, who, what, about FROM audit WHERE number < $1 ORDER BY number DESC LIMIT $2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?;
        let entry = |row: &AnyRow| {
            let entry = AuditEntry {
                at_ms: row.try_get("at_ms")?,
                who: row.try_get("who")?,
                what: row.try_get("what")?,
                about: row.try_get("about")?,
            };
            Ok((row.try_get("number")?, entry))
        };
        rows.iter().map(entry).collect()
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
