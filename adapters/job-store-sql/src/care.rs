//! What people do to jobs.

use async_trait::async_trait;
use imaging::{
    Changed, GoneJob, Happening, ImageId, JobCare, JobEvent, StoreError, Tag, Unchangeable, errands,
};
use sqlx::{AssertSqlSafe, Row};

use crate::accounts::audit;
use crate::gone;
use crate::jobs::{lock, note, update, with_number};
use crate::pool::{Failed, SqlJobStore};
use crate::site;

impl SqlJobStore {
    async fn try_tag(
        &self,
        image_id: &ImageId,
        add: &[Tag],
        remove: &[Tag],
        who: &str,
        now_ms: i64,
    ) -> Result<Changed, Failed> {
        let mut writing = self.write().await?;
        let Some((number, job)) = lock(&mut writing, self.dialect(), image_id).await? else {
            return Ok(Changed::NoJob);
        };
        let mut tags = job.tags.clone();
        tags.retain(|tag| !remove.contains(tag));
        tags.extend(add.iter().cloned());
        if tags.len() > Tag::MOST {
            return Ok(Changed::Refused(Unchangeable::TooManyTags));
        }
        let event = |what| JobEvent { at_ms: now_ms, who: who.to_owned(), what };
        for gone in job.tags.difference(&tags) {
            sqlx::query("DELETE FROM job_tag WHERE tag = $1 AND number = $2")
                .bind(gone.as_str())
                .bind(number)
                .execute(&mut *writing)
                .await?;
            note(&mut writing, number, &event(Happening::Untagged(gone.to_string()))).await?;
        }
        let new: Vec<_> = tags.difference(&job.tags).map(ToString::to_string).collect();
        with_number(&mut writing, "job_tag (number, tag)", number, &new).await?;
        for tag in new {
            note(&mut writing, number, &event(Happening::Tagged(tag))).await?;
        }
        writing.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_cancel(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, Failed> {
        let mut writing = self.write().await?;
        let Some((number, mut job)) = lock(&mut writing, self.dialect(), image_id).await? else {
            return Ok(Changed::NoJob);
        };
        if !job.cancel(who, now_ms) {
            return Ok(match job.cancelled_by {
                Some(_) => Changed::Done,
                None => Changed::Refused(Unchangeable::Is(job.status)),
            });
        }
        update(&mut writing, number, &job, now_ms).await?;
        let event = JobEvent { at_ms: now_ms, who: who.to_owned(), what: Happening::Cancelled };
        note(&mut writing, number, &event).await?;
        writing.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_delete(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, Failed> {
        let mut writing = self.write().await?;
        let Some((number, job)) = lock(&mut writing, self.dialect(), image_id).await? else {
            return Ok(Changed::NoJob);
        };
        if let Some(why) = errands::undeletable(&job) {
            return Ok(Changed::Refused(why));
        }
        for table in ["job_tag", "job_word", "job_event", "job_asked", "job"] {
            let sql = format!("DELETE FROM {table} WHERE number = $1");
            sqlx::query(AssertSqlSafe(sql)).bind(number).execute(&mut *writing).await?;
        }
        sqlx::query("DELETE FROM errand WHERE image_id = $1")
            .bind(image_id.as_str())
            .execute(&mut *writing)
            .await?;
        gone::note(&mut writing, &GoneJob::of(&job, now_ms)).await?;
        let (key, errand) = errands::remove_files(&job);
        site::ask(&mut writing, &key, image_id, &errand, now_ms).await?;
        audit(&mut writing, now_ms, who, "deleted the job", image_id.as_str()).await?;
        writing.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_events(&self, image_id: &ImageId) -> Result<Vec<JobEvent>, Failed> {
        let rows = sqlx::query(
            "SELECT e.at_ms, e.who, e.what FROM job j JOIN job_event e ON e.number = j.number WHERE j.image_id = $1
             ORDER BY e.place",
        )
        .bind(image_id.as_str())
        .fetch_all(self.pool())
        .await?;
        let event = |row: &sqlx::any::AnyRow| {
            let what = serde_json::from_str(&row.try_get::<String, _>("what")?)?;
            Ok(JobEvent { at_ms: row.try_get("at_ms")?, who: row.try_get("who")?, what })
        };
        rows.iter().map(event).collect()
    }

    async fn try_note(&self, image_id: &ImageId, event: &JobEvent) -> Result<(), Failed> {
        let mut writing = self.write().await?;
        let number: Option<i64> = sqlx::query_scalar("SELECT number FROM job WHERE image_id = $1")
            .bind(image_id.as_str())
            .fetch_optional(&mut *writing)
            .await?;
        if let Some(number) = number {
            note(&mut writing, number, event).await?;
        }
        Ok(writing.commit().await?)
    }

    async fn try_cancelled_by(&self, image_id: &ImageId) -> Result<Option<String>, Failed> {
        let mut connection = self.pool().acquire().await?;
        let who: Option<String> = sqlx::query_scalar("SELECT cancelled_by FROM job WHERE image_id = $1")
            .bind(image_id.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        match who {
            Some(who) => Ok(Some(who).filter(|who| !who.is_empty())),
            None => Ok(gone::find(&mut connection, image_id).await?.and_then(|gone| gone.cancelled_by)),
        }
    }
}

#[async_trait]
impl JobCare for SqlJobStore {
    async fn tag(
        &self,
        image_id: &ImageId,
        add: &[Tag],
        remove: &[Tag],
        who: &str,
        now_ms: i64,
    ) -> Result<Changed, StoreError> {
        self.patiently("tag a job", || self.try_tag(image_id, add, remove, who, now_ms)).await
    }

    async fn cancel(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, StoreError> {
        self.patiently("cancel a job", || self.try_cancel(image_id, who, now_ms)).await
    }

    async fn delete(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, StoreError> {
        self.patiently("delete a job", || self.try_delete(image_id, who, now_ms)).await
    }

    async fn events(&self, image_id: &ImageId) -> Result<Vec<JobEvent>, StoreError> {
        self.patiently("read the history of a job", || self.try_events(image_id)).await
    }

    async fn note(&self, image_id: &ImageId, event: &JobEvent) -> Result<(), StoreError> {
        self.patiently("add to the history of a job", || self.try_note(image_id, event)).await
    }

    async fn cancelled_by(&self, image_id: &ImageId) -> Result<Option<String>, StoreError> {
        self.patiently("look for a wish to stop a job", || self.try_cancelled_by(image_id)).await
    }
}
