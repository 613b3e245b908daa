//! Finding jobs.

use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::{JobLine, JobStatus, NotAWord, StoreError, Tag};

/// Which jobs are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Words of the name, as `n900 dev`: each begins one of the [`words`] of the name.
    pub name: Option<String>,
    /// A tag it has.
    pub tag: Option<Tag>,
    /// Who asked.
    pub user: Option<String>,
    /// The form of the image.
    pub image_type: Option<String>,
    /// The processor.
    pub arch: Option<String>,
    /// How far it is.
    pub status: Option<JobStatus>,
    /// The queue it is in.
    pub queue: Option<String>,
}

/// A place in the list of all jobs. Jobs that are recorded or deleted meanwhile do not move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub i64);

/// Part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The jobs, newest first unless they were asked for otherwise.
    pub jobs: Vec<JobLine>,
    /// Where the next part begins; none after the last.
    pub next: Option<Cursor>,
}

/// The list of all jobs.
#[async_trait]
pub trait JobSearch: Send + Sync {
    /// Returns up to `limit` of the wanted jobs that come after `after`, newest first.
    async fn list(&self, filter: &JobFilter, after: Option<Cursor>, limit: u32) -> Result<Page, StoreError>;

    /// Returns up to `limit` jobs that are under way and of which nothing was heard since `before_ms`, the longest
    /// silent first.
    async fn silent(&self, before_ms: i64, limit: u32) -> Result<Vec<JobLine>, StoreError>;

    /// Returns up to `limit` jobs that were recorded after `after`, oldest first: for who goes through all of them.
    async fn oldest(&self, after: Option<Cursor>, limit: u32) -> Result<Page, StoreError>;

    /// Returns up to `limit` tags that begin with a text, sorted.
    async fn tags(&self, beginning: &str, limit: u32) -> Result<Vec<Tag>, StoreError>;
}

/// Returns what of a name can be searched for: its parts between signs, in lower case.
pub fn words(name: &str) -> BTreeSet<String> {
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

impl JobFilter {
    /// Tells whether a job is wanted.
    pub fn wants(&self, job: &JobLine) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        let named = || {
            let has = words(&job.name);
            let wanted = words(self.name.as_deref().unwrap_or_default());
            wanted.iter().all(|word| has.iter().any(|own| own.starts_with(word)))
        };
        same(&self.user, &job.user)
            && same(&self.image_type, &job.image_type)
            && same(&self.arch, &job.arch)
            && same(&self.queue, &job.queue)
            && self.status.as_ref().is_none_or(|status| *status == job.status)
            && self.tag.as_ref().is_none_or(|tag| job.tags.contains(tag))
            && named()
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.0)
    }
}

impl std::str::FromStr for Cursor {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Cursor, NotAWord> {
        text.parse().map(Cursor).map_err(|_| NotAWord(format!("`{text}` is no place in the list of jobs")))
    }
}
