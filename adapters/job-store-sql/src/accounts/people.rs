//! Accounts and groups.

use imaging::{Account, Group};

use super::{audit, delete};
use crate::pool::{Failed, SqlJobStore};
use crate::row::clean;

impl SqlJobStore {
    pub(super) async fn try_put_account(
        &self,
        account: &Account,
        who: &str,
        now_ms: i64,
    ) -> Result<(), Failed> {
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

    pub(super) async fn try_remove_account(
        &self,
        name: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let was_there = delete(&mut writing, "account", "name", name).await?;
        delete(&mut writing, "api_token", "account", name).await?;
        delete(&mut writing, "session", "account", name).await?;
        self.audited(writing, was_there, now_ms, who, "removed the account", name).await
    }

    pub(super) async fn try_set_password(
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

    pub(super) async fn try_put_group(&self, group: &Group, who: &str, now_ms: i64) -> Result<(), Failed> {
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

    pub(super) async fn try_remove_group(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let was_there = delete(&mut writing, "account_group", "name", name).await?;
        self.audited(writing, was_there, now_ms, who, "removed the group", name).await
    }
}
