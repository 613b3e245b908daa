//! The tables of the site, and the errands.

use async_trait::async_trait;
use imaging::{Entry, Errand, ImageId, Outbox, PostProcess, Registry, StoreError, Table, Taken};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::accounts::audit;
use crate::pool::{Dialect, Failed, SqlJobStore};
use crate::row::clean;

/// Writes an entry, over the one of its name.
pub(crate) async fn put(writing: &mut AnyConnection, entry: &Entry) -> Result<(), Failed> {
    sqlx::query(
        "INSERT INTO entry (kind, name, entry) VALUES ($1, $2, $3)
         ON CONFLICT (kind, name) DO UPDATE SET entry = excluded.entry",
    )
    .bind(entry.table().as_str())
    .bind(clean(entry.name()))
    .bind(serde_json::to_string(entry)?)
    .execute(writing)
    .await?;
    Ok(())
}

async fn entries(connection: &mut AnyConnection, table: Table) -> Result<Vec<Entry>, Failed> {
    let entries: Vec<String> = sqlx::query_scalar("SELECT entry FROM entry WHERE kind = $1 ORDER BY name")
        .bind(table.as_str())
        .fetch_all(connection)
        .await?;
    entries.iter().map(|entry| Ok(serde_json::from_str(entry)?)).collect()
}

/// Tells whether saving a job of this queue launches a process.
pub(crate) async fn launches(connection: &mut AnyConnection, queue: &str) -> Result<bool, Failed> {
    let entry: Option<String> = sqlx::query_scalar("SELECT entry FROM entry WHERE kind = $1 AND name = $2")
        .bind(Table::Queues.as_str())
        .bind(clean(queue))
        .fetch_optional(connection)
        .await?;
    let entry = entry.map(|entry| serde_json::from_str::<Entry>(&entry)).transpose()?;
    Ok(matches!(entry, Some(Entry::Queue(queue)) if queue.launches))
}

/// Returns the post-processes.
pub(crate) async fn post_processes(connection: &mut AnyConnection) -> Result<Vec<PostProcess>, Failed> {
    let entries = entries(connection, Table::PostProcesses).await?;
    let processes = entries.into_iter().filter_map(|entry| match entry {
        Entry::PostProcess(process) => Some(process),
        _ => None,
    });
    Ok(processes.collect())
}

/// Notes an errand, unless one of this key was ever noted; says whether it is new.
pub(crate) async fn ask(
    writing: &mut AnyConnection,
    key: &str,
    image_id: &ImageId,
    errand: &Errand,
    now_ms: i64,
) -> Result<bool, Failed> {
    let noted = sqlx::query(
        "INSERT INTO errand (name, image_id, errand, due_ms, tries, why) VALUES ($1, $2, $3, $4, 0, '')
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(clean(key))
    .bind(image_id.as_str())
    .bind(serde_json::to_string(errand)?)
    .bind(now_ms)
    .execute(writing)
    .await?;
    Ok(noted.rows_affected() == 1)
}

impl SqlJobStore {
    async fn try_take(&self, now_ms: i64, until_ms: i64, limit: u32) -> Result<Vec<Taken>, Failed> {
        // most of the time there is nothing to do, and nothing to write
        let due = "SELECT place FROM errand WHERE done_ms IS NULL AND due_ms <= $1 ORDER BY place LIMIT 1";
        if sqlx::query(due).bind(now_ms).fetch_optional(self.pool()).await?.is_none() {
            return Ok(Vec::new());
        }
        let skip = if self.dialect() == Dialect::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE errand SET due_ms = $1, tries = tries + 1 WHERE place IN
             (SELECT place FROM errand WHERE done_ms IS NULL AND due_ms <= $2 ORDER BY place LIMIT $3{skip})
             RETURNING place, name, image_id, errand, tries"
        );
        let mut writing = self.write().await?;
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(until_ms)
            .bind(now_ms)
            .bind(i64::from(limit))
            .fetch_all(&mut *writing)
            .await?;
        let mut taken = Vec::new();
        for row in &rows {
            let tries: i64 = row.try_get("tries")?;
            let one = Taken {
                key: row.try_get("name")?,
                image_id: ImageId::reduce(&row.try_get::<String, _>("image_id")?)?,
                errand: serde_json::from_str(&row.try_get::<String, _>("errand")?)?,
                tries: u32::try_from(tries - 1).unwrap_or_default(),
            };
            taken.push((row.try_get::<i64, _>("place")?, one));
        }
        writing.commit().await?;
        taken.sort_by_key(|(place, _)| *place);
        Ok(taken.into_iter().map(|(_, taken)| taken).collect())
    }

    async fn try_done(&self, key: &str, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query("UPDATE errand SET done_ms = $1 WHERE name = $2")
            .bind(now_ms)
            .bind(clean(key))
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    async fn try_postpone(&self, key: &str, why: &str, until_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        sqlx::query("UPDATE errand SET due_ms = $1, why = $2 WHERE name = $3")
            .bind(until_ms)
            .bind(clean(why))
            .bind(clean(key))
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    async fn try_ask(
        &self,
        key: &str,
        image_id: &ImageId,
        errand: &Errand,
        now_ms: i64,
    ) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let is_new = ask(&mut writing, key, image_id, errand, now_ms).await?;
        writing.commit().await?;
        Ok(is_new)
    }

    async fn try_entries(&self, table: Table) -> Result<Vec<Entry>, Failed> {
        entries(&mut *self.pool().acquire().await?, table).await
    }

    async fn try_put(&self, entry: &Entry, who: &str, now_ms: i64) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        put(&mut writing, entry).await?;
        let what = format!("wrote into {}", entry.table().as_str());
        audit(&mut writing, now_ms, who, &what, entry.name()).await?;
        Ok(writing.commit().await?)
    }

    async fn try_remove(&self, table: Table, name: &str, who: &str, now_ms: i64) -> Result<bool, Failed> {
        let mut writing = self.write().await?;
        let removed = sqlx::query("DELETE FROM entry WHERE kind = $1 AND name = $2")
            .bind(table.as_str())
            .bind(clean(name))
            .execute(&mut *writing)
            .await?;
        let was_there = removed.rows_affected() > 0;
        if was_there {
            audit(&mut writing, now_ms, who, &format!("removed from {}", table.as_str()), name).await?;
        }
        writing.commit().await?;
        Ok(was_there)
    }
}

#[async_trait]
impl Registry for SqlJobStore {
    async fn entries(&self, table: Table) -> Result<Vec<Entry>, StoreError> {
        self.patiently("read a table of the site", || self.try_entries(table)).await
    }

    async fn put(&self, entry: &Entry, who: &str, now_ms: i64) -> Result<(), StoreError> {
        self.patiently("write a table of the site", || self.try_put(entry, who, now_ms)).await
    }

    async fn remove(&self, table: Table, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        self.patiently("write a table of the site", || self.try_remove(table, name, who, now_ms)).await
    }
}

#[async_trait]
impl Outbox for SqlJobStore {
    async fn take(&self, now_ms: i64, until_ms: i64, limit: u32) -> Result<Vec<Taken>, StoreError> {
        self.patiently("take errands", || self.try_take(now_ms, until_ms, limit)).await
    }

    async fn done(&self, key: &str, now_ms: i64) -> Result<(), StoreError> {
        self.patiently("note an errand as done", || self.try_done(key, now_ms)).await
    }

    async fn postpone(&self, key: &str, why: &str, until_ms: i64) -> Result<(), StoreError> {
        self.patiently("put an errand off", || self.try_postpone(key, why, until_ms)).await
    }

    async fn ask(
        &self,
        key: &str,
        image_id: &ImageId,
        errand: &Errand,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.patiently("note an errand", || self.try_ask(key, image_id, errand, now_ms)).await
    }
}
