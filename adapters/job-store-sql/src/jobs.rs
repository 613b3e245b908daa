//! Jobs: recorded, pushed, read.

use std::collections::BTreeSet;

use async_trait::async_trait;
use imaging::{
    Errand, Happening, ImageId, ImageJob, JobEvent, JobStore, Lookup, NewJob, Push, Pushed, StoreError, Tag,
    errands, words,
};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::gone;
use crate::pool::{Dialect, Failed, SqlJobStore, Writing};
use crate::row::{self, WHOLE, clean};
use crate::site;

/// How many words of a name can be searched for.
const MOST_WORDS: usize = 64;

/// Writes a new job; returns its number, or `None` when its id or its request is taken.
pub(crate) async fn insert(writing: &mut Writing, job: &ImageJob) -> Result<Option<i64>, Failed> {
    let asked = &job.asked;
    let row = sqlx::query(
        "INSERT INTO job (image_id, request, queue, user_name, name, image_type, arch, status, attempt_began,
                          attempt_process, created_ms, heard_ms, done_ms, image_url, files_url, logfile_url, error,
                          test_result, test_results_url, cancelled_by, likeness)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', '', '', $18)
         ON CONFLICT DO NOTHING RETURNING number",
    )
    .bind(job.image_id.as_str())
    .bind(clean(&asked.request))
    .bind(clean(&asked.queue))
    .bind(clean(&asked.user))
    .bind(clean(&asked.name))
    .bind(clean(&asked.image_type))
    .bind(clean(&asked.arch))
    .bind(job.status.as_str())
    .bind(&job.attempt.began)
    .bind(&job.attempt.process)
    .bind(job.created_ms)
    .bind(job.heard_ms)
    .bind(job.done_ms)
    .bind(&job.image_url)
    .bind(&job.files_url)
    .bind(&job.logfile_url)
    .bind(clean(&job.error))
    .bind(likeness(asked))
    .fetch_optional(&mut **writing)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let number: i64 = row.try_get(0)?;
    let short = NewJob { kickstart: String::new(), ..asked.clone() };
    sqlx::query("INSERT INTO job_asked (number, asked, kickstart) VALUES ($1, $2, $3)")
        .bind(number)
        .bind(serde_json::to_string(&short)?)
        .bind(clean(&asked.kickstart))
        .execute(&mut **writing)
        .await?;
    let words: Vec<_> = words(&clean(&asked.name)).into_iter().take(MOST_WORDS).collect();
    with_number(writing, "job_word (number, word)", number, &words).await?;
    let tags: Vec<_> = job.tags.iter().map(ToString::to_string).collect();
    with_number(writing, "job_tag (number, tag)", number, &tags).await?;
    let recorded = JobEvent { at_ms: job.created_ms, who: asked.user.clone(), what: Happening::Recorded };
    note(writing, number, &recorded).await?;
    Ok(Some(number))
}

/// Writes one row for each text.
pub(crate) async fn with_number(
    writing: &mut AnyConnection,
    table: &str,
    number: i64,
    texts: &[String],
) -> Result<(), Failed> {
    if texts.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = (0..texts.len()).map(|at| format!("($1, ${})", at + 2)).collect();
    let sql = format!("INSERT INTO {table} VALUES {} ON CONFLICT DO NOTHING", rows.join(", "));
    let query = sqlx::query(AssertSqlSafe(sql)).bind(number);
    texts.iter().fold(query, |query, text| query.bind(text.as_str())).execute(writing).await?;
    Ok(())
}

/// Adds to the history of a job.
pub(crate) async fn note(writing: &mut AnyConnection, number: i64, event: &JobEvent) -> Result<(), Failed> {
    sqlx::query("INSERT INTO job_event (number, at_ms, who, what) VALUES ($1, $2, $3, $4)")
        .bind(number)
        .bind(event.at_ms)
        .bind(clean(&event.who))
        .bind(serde_json::to_string(&event.what)?)
        .execute(writing)
        .await?;
    Ok(())
}

/// Reads a job that is about to be changed, without its kickstart; nobody else changes it meanwhile.
pub(crate) async fn lock(
    writing: &mut Writing,
    dialect: Dialect,
    image_id: &ImageId,
) -> Result<Option<(i64, ImageJob)>, Failed> {
    let lock = dialect.for_update("j");
    let sql = format!(
        "SELECT {WHOLE} FROM job j JOIN job_asked a ON a.number = j.number WHERE j.image_id = $1{lock}"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(image_id.as_str()).fetch_optional(&mut **writing).await?;
    let Some(row) = row else { return Ok(None) };
    let tags = tags(writing, row.try_get("number")?).await?;
    row::job(&row, tags).map(Some)
}

/// Writes the state of a job, and the errands that follow from it.
pub(crate) async fn update(
    writing: &mut Writing,
    number: i64,
    job: &ImageJob,
    now_ms: i64,
) -> Result<(), Failed> {
    sqlx::query(
        "UPDATE job SET status = $1, attempt_began = $2, attempt_process = $3, heard_ms = $4, done_ms = $5, image_url = $6,
                files_url = $7, logfile_url = $8, error = $9, test_result = $10, test_results_url = $11, cancelled_by = $12
         WHERE number = $13",
    )
    .bind(job.status.as_str())
    .bind(clean(&job.attempt.began))
    .bind(clean(&job.attempt.process))
    .bind(job.heard_ms)
    .bind(job.done_ms)
    .bind(clean(&job.image_url))
    .bind(clean(&job.files_url))
    .bind(clean(&job.logfile_url))
    .bind(clean(&job.error))
    .bind(job.test_result.map_or("", |result| result.as_str()))
    .bind(clean(&job.test_results_url))
    .bind(clean(job.cancelled_by.as_deref().unwrap_or_default()))
    .bind(number)
    .execute(&mut **writing)
    .await?;
    if job.asked.post_processes.is_empty() {
        return Ok(());
    }
    let processes = site::post_processes(writing).await?;
    for (key, errand) in errands::after(job, &processes) {
        site::ask(writing, &key, &job.image_id, &errand, now_ms).await?;
    }
    Ok(())
}

async fn tags(connection: &mut AnyConnection, number: i64) -> Result<BTreeSet<Tag>, Failed> {
    let tags: Vec<String> = sqlx::query_scalar("SELECT tag FROM job_tag WHERE number = $1")
        .bind(number)
        .fetch_all(connection)
        .await?;
    tags.into_iter().map(|tag| Ok(Tag::parse(&tag)?)).collect()
}

fn likeness(asked: &NewJob) -> String {
    let digest = Sha256::digest(asked.likeness());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl SqlJobStore {
    async fn try_record(
        &self,
        image_id: &ImageId,
        asked: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, Failed> {
        let mut writing = self.write().await?;
        let job = ImageJob::recorded(image_id, asked, now_ms);
        if insert(&mut writing, &job).await?.is_some() {
            gone::forget(&mut writing, image_id).await?;
            if site::launches(&mut writing, &asked.queue).await? {
                let (key, errand): (String, Errand) = errands::build(&job);
                site::ask(&mut writing, &key, image_id, &errand, now_ms).await?;
            }
            writing.commit().await?;
            return Ok(Some(image_id.clone()));
        }
        let on_record: Option<String> = sqlx::query_scalar("SELECT image_id FROM job WHERE request = $1")
            .bind(clean(&asked.request))
            .fetch_optional(&mut *writing)
            .await?;
        Ok(on_record.map(|id| ImageId::reduce(&id)).transpose()?)
    }

    async fn try_push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, Failed> {
        let mut writing = self.write().await?;
        let Some((number, mut job)) = lock(&mut writing, self.dialect(), image_id).await? else {
            let gone = gone::find(&mut writing, image_id).await?;
            if let Some((key, errand)) = gone.and_then(|gone| gone.remove_files(push)) {
                site::ask(&mut writing, &key, image_id, &errand, now_ms).await?;
                writing.commit().await?;
            }
            return Ok(Pushed::NoJob);
        };
        let taken = job.hear(push, now_ms);
        let what = if taken { Happening::Became } else { Happening::Ignored };
        let event = JobEvent { at_ms: now_ms, who: push.who.clone(), what: what(push.status.clone()) };
        note(&mut writing, number, &event).await?;
        if taken {
            update(&mut writing, number, &job, now_ms).await?;
        }
        writing.commit().await?;
        Ok(if taken { Pushed::Taken } else { Pushed::Old })
    }

    async fn whole(
        &self,
        condition: &str,
        binds: &[&str],
        since_ms: Option<i64>,
    ) -> Result<Option<ImageJob>, Failed> {
        let mut connection = self.pool().acquire().await?;
        let sql = format!(
            "SELECT {WHOLE}, a.kickstart FROM job j JOIN job_asked a ON a.number = j.number WHERE {condition}
             ORDER BY j.number DESC LIMIT 1"
        );
        let query = binds.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(*text));
        let query = since_ms.into_iter().fold(query, sqlx::query::Query::bind);
        let Some(row) = query.fetch_optional(&mut *connection).await? else { return Ok(None) };
        let tags = tags(&mut connection, row.try_get("number")?).await?;
        let (_, mut job) = row::job(&row, tags)?;
        job.asked.kickstart = row.try_get("kickstart")?;
        Ok(Some(job))
    }
}

#[async_trait]
impl JobStore for SqlJobStore {
    async fn record(
        &self,
        image_id: &ImageId,
        job: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, StoreError> {
        self.patiently("record a job", || self.try_record(image_id, job, now_ms)).await
    }

    async fn push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, StoreError> {
        self.patiently("note the status of a job", || self.try_push(image_id, push, now_ms)).await
    }

    async fn job(&self, image_id: &ImageId) -> Result<Option<ImageJob>, StoreError> {
        let id = [image_id.as_str()];
        self.patiently("read a job", || self.whole("j.image_id = $1", &id, None)).await
    }

    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError> {
        let likeness = likeness(&lookup.like);
        let condition = "j.likeness = $1 AND j.status LIKE 'DONE%' AND j.done_ms >= $2";
        let binds = [likeness.as_str()];
        self.patiently("look for a finished job", || self.whole(condition, &binds, Some(lookup.since_ms)))
            .await
    }
}
