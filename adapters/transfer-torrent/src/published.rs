//! Which torrents there are.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use async_trait::async_trait;
use imaging::{PublishedTorrent, Repositories, RepositoryName};

/// Knows the torrents of all images that are published now.
#[async_trait]
pub trait Published: Send + Sync {
    /// Lists them; asked again and again. None of them can be read: that is an error, in one line.
    async fn published(&self) -> Result<Vec<PublishedTorrent>, String>;
}

/// The torrents of all repositories of a site.
///
/// One that cannot be read has, until it can, those it had before: its images are still on their way to machines.
#[derive(Debug)]
pub struct OfRepositories {
    repositories: Repositories,
    seen: Mutex<HashMap<RepositoryName, Seen>>,
}

/// What was seen last of one repository.
#[derive(Debug, Default)]
struct Seen {
    torrents: Vec<PublishedTorrent>,
    /// Why it could not be read since.
    wrong: Option<String>,
}

impl OfRepositories {
    /// Takes the repositories of a site.
    pub fn new(repositories: Repositories) -> OfRepositories {
        OfRepositories { repositories, seen: Mutex::default() }
    }

    /// Notes what came of reading one, and returns what is known of it now.
    fn note(
        &self,
        name: &RepositoryName,
        read: Result<Vec<PublishedTorrent>, String>,
    ) -> Result<Vec<PublishedTorrent>, String> {
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = all.entry(name.clone()).or_default();
        match read {
            Ok(torrents) => {
                if seen.wrong.take().is_some() {
                    tracing::info!("what the repository {name} publishes can be read again");
                }
                seen.torrents = torrents;
                Ok(seen.torrents.clone())
            }
            Err(wrong) => {
                if seen.wrong.as_ref() != Some(&wrong) {
                    tracing::warn!("cannot read what the repository {name} publishes: {wrong}");
                }
                seen.wrong = Some(wrong.clone());
                if seen.torrents.is_empty() { Err(wrong) } else { Ok(seen.torrents.clone()) }
            }
        }
    }
}

#[async_trait]
impl Published for OfRepositories {
    async fn published(&self) -> Result<Vec<PublishedTorrent>, String> {
        let (mut all, mut wrong, mut read_one) = (Vec::new(), None, false);
        for repository in self.repositories.iter() {
            let read = repository.published().await.map_err(|error| error.sentence());
            match self.note(repository.name(), read) {
                Ok(torrents) => {
                    read_one = true;
                    all.extend(torrents);
                }
                Err(why) => wrong = Some(why),
            }
        }
        match wrong {
            Some(why) if !read_one => Err(why),
            _ => Ok(all),
        }
    }
}
