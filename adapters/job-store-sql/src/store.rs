//! The statements.

use std::error::Error;
use std::path::Path;

use async_trait::async_trait;
use imaging::{ImageId, ImageJob, JobStatus, JobStore, Lookup, NewJob, Push, Pushed, StoreError};
use sqlx::{AnyPool, AssertSqlSafe};

use crate::row::{COLUMNS, read};
use crate::schema::{OpenError, open_file, open_server};

/// The job store in a database.
#[derive(Clone, Debug)]
pub struct SqlJobStore(AnyPool);

impl SqlJobStore {
    /// Opens the store in a SQLite file, making it when it is not there; several programs may share it.
    pub async fn file(path: &Path) -> Result<SqlJobStore, OpenError> {
        open_file(path).await.map(SqlJobStore)
    }

    /// Opens the store in a PostgreSQL database, as `postgres://user:password@host:5432/name`.
    pub async fn server(url: &str) -> Result<SqlJobStore, OpenError> {
        open_server(url).await.map(SqlJobStore)
    }

    async fn versioned(&self, image_id: &ImageId) -> Result<Option<(ImageJob, i64)>, Failed> {
        let row = sqlx::query(AssertSqlSafe(format!("SELECT {COLUMNS} FROM job WHERE image_id = $1")))
            .bind(image_id.as_str())
            .fetch_optional(&self.0)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Writes a changed job unless somebody else changed it meanwhile; says whether it was written.
    async fn replace(&self, job: &ImageJob, version: i64) -> Result<bool, Failed> {
        let done = sqlx::query(
            "UPDATE job SET status = $1, attempt_began = $2, attempt_process = $3, done_ms = $4, image_url = $5,
                    files_url = $6, logfile_url = $7, error = $8, version = version + 1
             WHERE image_id = $9 AND version = $10",
        )
        .bind(job.status.as_str())
        .bind(&job.attempt.began)
        .bind(&job.attempt.process)
        .bind(job.done_ms)
        .bind(&job.image_url)
        .bind(&job.files_url)
        .bind(&job.logfile_url)
        .bind(&job.error)
        .bind(job.image_id.as_str())
        .bind(version)
        .execute(&self.0)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn insert(&self, image_id: &ImageId, job: &NewJob, now_ms: i64) -> Result<Option<ImageId>, Failed> {
        sqlx::query(
            "INSERT INTO job (image_id, request, queue, user_name, name, image_type, arch, asked, status,
                              attempt_began, attempt_process, created_ms, image_url, files_url, logfile_url, error, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', $10, '', '', '', '', 0)
             ON CONFLICT DO NOTHING",
        )
        .bind(image_id.as_str())
        .bind(&job.request)
        .bind(&job.queue)
        .bind(&job.user)
        .bind(&job.name)
        .bind(&job.image_type)
        .bind(&job.arch)
        .bind(serde_json::to_string(job)?)
        .bind(JobStatus::InQueue.as_str())
        .bind(now_ms)
        .execute(&self.0)
        .await?;
        let on_record: Option<String> = sqlx::query_scalar("SELECT image_id FROM job WHERE request = $1")
            .bind(&job.request)
            .fetch_optional(&self.0)
            .await?;
        Ok(on_record.map(|id| ImageId::reduce(&id)).transpose()?)
    }

    async fn apply(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, Failed> {
        loop {
            let Some((mut job, version)) = self.versioned(image_id).await? else { return Ok(Pushed::NoJob) };
            if !job.hear(push, now_ms) {
                return Ok(Pushed::Old);
            }
            if self.replace(&job, version).await? {
                return Ok(Pushed::Taken);
            }
        }
    }

    async fn list(&self, limit: u32) -> Result<Vec<ImageJob>, Failed> {
        let sql = format!("SELECT {COLUMNS} FROM job ORDER BY created_ms DESC, image_id DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(i64::from(limit)).fetch_all(&self.0).await?;
        rows.iter().map(|row| read(row).map(|(job, _)| job)).collect()
    }

    async fn find(&self, lookup: &Lookup) -> Result<Option<ImageJob>, Failed> {
        let sql = format!(
            "SELECT {COLUMNS} FROM job WHERE status = 'DONE' AND name = $1 AND queue = $2 AND user_name = $3
             AND image_type = $4 AND arch = $5 AND done_ms >= $6 ORDER BY created_ms DESC"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(&lookup.like.name)
            .bind(&lookup.like.queue)
            .bind(&lookup.like.user)
            .bind(&lookup.like.image_type)
            .bind(&lookup.like.arch)
            .bind(lookup.since_ms)
            .fetch_all(&self.0)
            .await?;
        for row in &rows {
            let (job, _) = read(row)?;
            if job.answers(lookup) {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }
}

type Failed = Box<dyn Error + Send + Sync>;

fn while_doing(doing: &'static str) -> impl FnOnce(Failed) -> StoreError {
    move |source| StoreError { doing, source }
}

#[async_trait]
impl JobStore for SqlJobStore {
    async fn record(
        &self,
        image_id: &ImageId,
        job: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, StoreError> {
        self.insert(image_id, job, now_ms).await.map_err(while_doing("record a job"))
    }

    async fn push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, StoreError> {
        self.apply(image_id, push, now_ms).await.map_err(while_doing("note the status of a job"))
    }

    async fn job(&self, image_id: &ImageId) -> Result<Option<ImageJob>, StoreError> {
        let found = self.versioned(image_id).await.map_err(while_doing("read a job"))?;
        Ok(found.map(|(job, _)| job))
    }

    async fn newest(&self, limit: u32) -> Result<Vec<ImageJob>, StoreError> {
        self.list(limit).await.map_err(while_doing("list the jobs"))
    }

    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError> {
        self.find(lookup).await.map_err(while_doing("look for a finished job"))
    }
}
