//! Finding jobs among a million.
//!
//! Every list goes down the numbers of the jobs and stops at its limit, along the index of the rarest thing that was
//! asked for: SQLite would take any index, so it is told which.

use std::collections::BTreeSet;

use async_trait::async_trait;
use imaging::{Cursor, JobFilter, JobLine, JobSearch, JobStatus, Page, StoreError, Tag, words};
use sqlx::{AssertSqlSafe, Row};

use crate::pool::{Dialect, Failed, SqlJobStore};
use crate::row::{LINE, clean, line, places};

/// As many words of names may begin like one that is searched for, each looked up by itself; with more, jobs are
/// looked at one after the other, because many will do.
const MOST_WORDS: usize = 16;

/// How far the jobs that share something are counted to find out what is rare.
const PROBES: [i64; 2] = [1_000, 20_000];

/// One statement in the making.
struct Statement {
    from: String,
    conditions: Vec<String>,
    texts: Vec<String>,
    /// The column of the number that the list goes down.
    number: &'static str,
}

impl Statement {
    fn text(&mut self, text: &str) -> String {
        self.texts.push(clean(text));
        format!("${}", self.texts.len())
    }
}

impl SqlJobStore {
    async fn try_list(&self, filter: &JobFilter, after: Option<Cursor>, limit: u32) -> Result<Page, Failed> {
        let limit = limit as usize;
        let mut wanted: Vec<String> = words(filter.name.as_deref().unwrap_or_default()).into_iter().collect();
        wanted.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut found = match wanted.first() {
            Some(first) if filter.tag.is_none() => {
                let whole = self.words_that_begin(first, MOST_WORDS + 1).await?;
                if whole.len() > MOST_WORDS {
                    self.lines(filter, &wanted, None, after, limit + 1).await?
                } else {
                    let mut found = Vec::new();
                    for word in &whole {
                        found.extend(self.lines(filter, &wanted[1..], Some(word), after, limit + 1).await?);
                    }
                    found
                }
            }
            _ => self.lines(filter, &wanted, None, after, limit + 1).await?,
        };
        found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        found.dedup_by_key(|(number, _)| *number); // it has two such words
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(number, _)| Cursor(*number));
        self.add_tags(&mut found).await?;
        Ok(Page { jobs: found.into_iter().map(|(_, line)| line).collect(), next })
    }

    /// Returns the newest jobs of a filter whose names have words that begin like these, and, if told, this one.
    async fn lines(
        &self,
        filter: &JobFilter,
        beginnings: &[String],
        word: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(i64, JobLine)>, Failed> {
        let statement = self.statement(filter, beginnings, word).await?;
        let Statement { from, conditions, texts, number } = statement;
        let (cursor, most) = (texts.len() + 1, texts.len() + 2);
        let conditions: String = conditions.iter().map(|condition| format!(" AND {condition}")).collect();
        let sql = format!(
            "SELECT {LINE} FROM {from} WHERE {number} < ${cursor}{conditions} ORDER BY {number} DESC LIMIT ${most}"
        );
        let query =
            texts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(text.as_str()));
        let query = query.bind(after.map_or(i64::MAX, |after| after.0)).bind(i64::try_from(limit)?);
        query.fetch_all(self.pool()).await?.iter().map(line).collect()
    }

    async fn statement(
        &self,
        filter: &JobFilter,
        beginnings: &[String],
        word: Option<&str>,
    ) -> Result<Statement, Failed> {
        let mut statement =
            Statement { from: "job j".into(), conditions: Vec::new(), texts: Vec::new(), number: "j.number" };
        // SQLite goes through the tables of a CROSS JOIN in the order they are written
        let join = if self.dialect() == Dialect::Sqlite { "CROSS JOIN" } else { "JOIN" };
        let elsewhere = if let Some(tag) = &filter.tag {
            Some(("job_tag", "tag", tag.as_str()))
        } else {
            word.map(|word| ("job_word", "word", word))
        };
        if let Some((table, column, text)) = elsewhere {
            statement.from = format!("{table} d {join} job j ON j.number = d.number");
            statement.number = "d.number";
            let place = statement.text(text);
            statement.conditions.push(format!("d.{column} = {place}"));
        }
        let status = filter.status.as_ref().map(JobStatus::as_str);
        let equal: Vec<(&str, &str)> = [
            ("user_name", filter.user.as_deref()),
            ("arch", filter.arch.as_deref()),
            ("image_type", filter.image_type.as_deref()),
            ("queue", filter.queue.as_deref()),
        ]
        .into_iter()
        .filter_map(|(column, value)| Some((column, value?)))
        .collect();
        let rarest = if elsewhere.is_none() { self.rarest(&equal).await? } else { None };
        for (column, value) in &equal {
            let place = statement.text(value);
            let hidden = self.dialect() == Dialect::Sqlite && rarest != Some(column);
            statement.conditions.push(format!("{}j.{column} = {place}", if hidden { "+" } else { "" }));
        }
        if let Some(status) = status {
            let place = statement.text(status);
            let hidden = self.dialect() == Dialect::Sqlite && elsewhere.is_some();
            statement.conditions.push(format!("{}j.status = {place}", if hidden { "+" } else { "" }));
        }
        for beginning in beginnings {
            let (from, to) = (statement.text(beginning), statement.text(&end_of(beginning)));
            statement.conditions.push(format!(
                "EXISTS (SELECT 1 FROM job_word w WHERE w.number = j.number AND w.word >= {from} AND w.word < {to})"
            ));
        }
        Ok(statement)
    }

    /// Returns the column whose value the fewest jobs have, as far as that can be told quickly.
    async fn rarest<'a>(&self, equal: &[(&'a str, &str)]) -> Result<Option<&'a str>, Failed> {
        if equal.len() < 2 || self.dialect() == Dialect::Postgres {
            return Ok(equal.first().map(|(column, _)| *column)); // PostgreSQL knows by itself what is rare
        }
        for probe in PROBES {
            for (column, value) in equal {
                let sql = format!("SELECT number FROM job WHERE {column} = $1 LIMIT 1 OFFSET $2");
                let query = sqlx::query(AssertSqlSafe(sql)).bind(clean(value)).bind(probe);
                if query.fetch_optional(self.pool()).await?.is_none() {
                    return Ok(Some(column));
                }
            }
        }
        Ok(equal.first().map(|(column, _)| *column))
    }

    /// Returns up to so many words of names that begin like this, sorted: each is one look into the index.
    async fn words_that_begin(&self, beginning: &str, most: usize) -> Result<Vec<String>, Failed> {
        self.distinct("job_word", "word", beginning, most).await
    }

    async fn distinct(
        &self,
        table: &str,
        column: &str,
        beginning: &str,
        most: usize,
    ) -> Result<Vec<String>, Failed> {
        let end = end_of(beginning);
        let mut all: Vec<String> = Vec::new();
        while all.len() < most {
            let (sign, from) = all.last().map_or((">=", beginning), |last| (">", last));
            let sql = format!(
                "SELECT {column} FROM {table} WHERE {column} {sign} $1 AND {column} < $2 ORDER BY {column} LIMIT 1"
            );
            let next: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(clean(from))
                .bind(clean(&end))
                .fetch_optional(self.pool())
                .await?;
            let Some(next) = next else { break };
            all.push(next);
        }
        Ok(all)
    }

    async fn add_tags(&self, lines: &mut [(i64, JobLine)]) -> Result<(), Failed> {
        if lines.is_empty() {
            return Ok(());
        }
        let sql = format!("SELECT number, tag FROM job_tag WHERE number IN ({})", places(1, lines.len()));
        let query =
            lines.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, (number, _)| query.bind(*number));
        for row in query.fetch_all(self.pool()).await? {
            let number: i64 = row.try_get(0)?;
            let tag = Tag::parse(&row.try_get::<String, _>(1)?)?;
            if let Some((_, line)) = lines.iter_mut().find(|(own, _)| *own == number) {
                line.tags.insert(tag);
            }
        }
        Ok(())
    }

    async fn try_oldest(&self, after: Option<Cursor>, limit: u32) -> Result<Page, Failed> {
        let sql = format!("SELECT {LINE} FROM job j WHERE j.number > $1 ORDER BY j.number LIMIT $2");
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(after.map_or(i64::MIN, |after| after.0))
            .bind(i64::from(limit) + 1);
        let mut lines =
            query.fetch_all(self.pool()).await?.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        let more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let next = lines.last().filter(|_| more).map(|(number, _)| Cursor(*number));
        self.add_tags(&mut lines).await?;
        Ok(Page { jobs: lines.into_iter().map(|(_, line)| line).collect(), next })
    }

    async fn try_silent(&self, before_ms: i64, limit: u32) -> Result<Vec<JobLine>, Failed> {
        let underway: Vec<_> = JobStatus::all().filter(JobStatus::is_underway).collect();
        let (before, most) = (underway.len() + 1, underway.len() + 2);
        let sql = format!(
            "SELECT {LINE} FROM job j WHERE j.status IN ({}) AND j.heard_ms < ${before} ORDER BY j.heard_ms, j.number LIMIT ${most}",
            places(1, underway.len())
        );
        let query = underway
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |query, status| query.bind(status.as_str()));
        let query = query.bind(before_ms).bind(i64::from(limit));
        let mut lines =
            query.fetch_all(self.pool()).await?.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        self.add_tags(&mut lines).await?;
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }
}

/// Returns a text after all that begin like this one: no word has the last of all signs in it.
fn end_of(beginning: &str) -> String {
    format!("{beginning}\u{10ffff}")
}

#[async_trait]
impl JobSearch for SqlJobStore {
    async fn list(&self, filter: &JobFilter, after: Option<Cursor>, limit: u32) -> Result<Page, StoreError> {
        self.patiently("list the jobs", || self.try_list(filter, after, limit)).await
    }

    async fn silent(&self, before_ms: i64, limit: u32) -> Result<Vec<JobLine>, StoreError> {
        self.patiently("look for jobs nothing is heard of", || self.try_silent(before_ms, limit)).await
    }

    async fn oldest(&self, after: Option<Cursor>, limit: u32) -> Result<Page, StoreError> {
        self.patiently("go through the jobs", || self.try_oldest(after, limit)).await
    }

    async fn tags(&self, beginning: &str, limit: u32) -> Result<Vec<Tag>, StoreError> {
        let read = || async move {
            let tags: BTreeSet<String> =
                self.distinct("job_tag", "tag", beginning, limit as usize).await?.into_iter().collect();
            tags.iter().map(|tag| Ok(Tag::parse(tag)?)).collect::<Result<Vec<_>, Failed>>()
        };
        self.patiently("look for tags", read).await
    }
}
