//! Secrets of programs, and sessions.

use imaging::{ApiToken, Session};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{delete, read};
use crate::pool::{Failed, SqlJobStore};
use crate::row::clean;

pub(super) fn token(row: &AnyRow) -> Result<ApiToken, Failed> {
    let token: ApiToken = read(row, "token")?;
    Ok(ApiToken { used_ms: row.try_get("used_ms")?, ..token })
}

pub(super) fn session(row: &AnyRow) -> Result<Session, Failed> {
    Ok(Session {
        account: row.try_get("account")?,
        created_ms: row.try_get("created_ms")?,
        expires_ms: row.try_get("expires_ms")?,
    })
}

impl SqlJobStore {
    pub(super) async fn try_add_token(
        &self,
        token: &ApiToken,
        digest: &str,
        who: &str,
    ) -> Result<(), Failed> {
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

    pub(super) async fn try_remove_token(&self, id: &str, who: &str, now_ms: i64) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let account: Option<String> =
            sqlx::query_scalar("DELETE FROM api_token WHERE id = $1 RETURNING account")
                .bind(clean(id))
                .fetch_optional(&mut *writing)
                .await?;
        let about = format!("{id} of {}", account.as_deref().unwrap_or_default());
        self.audited(writing, account.is_some(), now_ms, who, "removed the secret", &about).await
    }

    pub(super) async fn try_put_session(
        &self,
        digest: &str,
        session: &Session,
        now_ms: i64,
    ) -> Result<(), Failed> {
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

    pub(super) async fn try_end_session(&self, digest: &str) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        delete(&mut writing, "session", "digest", digest).await?;
        Ok(writing.commit().await?)
    }

    pub(super) async fn try_token_used(&self, id: &str, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query("UPDATE api_token SET used_ms = $1 WHERE id = $2")
            .bind(now_ms)
            .bind(id)
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }
}
