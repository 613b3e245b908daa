//! The job store of a site, as far as whoever builds its jobs on another host needs it.

use std::path::PathBuf;

use anyhow::Result;
use config::Configuration;
use imaging::ImageId;
use job_store_sql::SqlJobStore;
use participant_core::async_trait;
use tokio::sync::OnceCell;

use super::Wishes;
use crate::participants::Host;
use crate::site::{Database, database};

/// Opens the store when it is first asked: builds do not need it, and begin without.
pub(crate) struct SiteWishes {
    database: Database,
    /// Where the store is when it is a file. It is never made here: without one there are no jobs to stop.
    file: PathBuf,
    store: OnceCell<SqlJobStore>,
}

impl SiteWishes {
    /// Reads `[db]`; what is wrong there was noted before.
    pub(crate) fn of_site(site: &mut Configuration, host: &Host) -> SiteWishes {
        SiteWishes { database: database(site), file: host.state.jobs(), store: OnceCell::new() }
    }

    async fn open(&self) -> Result<SqlJobStore> {
        Ok(match &self.database {
            Database::Server(url) => SqlJobStore::server(url).await?,
            Database::File => SqlJobStore::file(&self.file).await?,
        })
    }
}

#[async_trait]
impl Wishes for SiteWishes {
    async fn cancelled_by(&self, image_id: &ImageId) -> Result<Option<String>> {
        if matches!(self.database, Database::File) && !self.file.exists() {
            return Ok(None);
        }
        self.store.get_or_try_init(|| self.open()).await?.cancelled_by(image_id).await
    }
}
