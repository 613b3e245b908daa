//! What `img up` shows to people and programs: the desk of this machine, by HTTP.

mod offers;
mod people;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use config::Configuration;
use imaging::{Definitions, Desk, Repositories};
use job_files_dir::JobFilesDir;
use job_files_http::JobFilesHttp;
use job_store_sql::SqlJobStore;
use monitor::Requests;
use rest::{Rest, Server, Settings};
use tokio_util::sync::CancellationToken;

use self::offers::SiteOffers;
use self::people::LooksAgain;
pub(crate) use self::store::StoreTrouble;
use crate::foresight::OfBuilds;
use crate::site::People;
use crate::state::State;

/// An address that is listened on, and what is answered there.
pub(crate) struct Web {
    server: Server,
    rest: Rest,
    looks_again: Option<LooksAgain>,
    /// Whether the job store answers.
    pub(crate) store: StoreTrouble,
}

impl Web {
    /// Begins to listen where `[web]` says; `None` where it says that nobody is answered.
    pub(crate) async fn of_site(
        site: &Configuration,
        store: &SqlJobStore,
        state: &State,
        images: PathBuf,
        (foresight, definitions, repositories): (Arc<OfBuilds>, Option<Arc<dyn Definitions>>, Repositories),
        people: People,
        stop: CancellationToken,
    ) -> Result<Option<Web>> {
        if !site.yes("web", "serve") {
            return Ok(None);
        }
        let store = Arc::new(store.clone());
        let address = site.text("web", "listen").unwrap_or_default().parse()?;
        let server = Server::listen(address).await?;
        let desk = Desk::new(store.clone(), Arc::new(JobFilesDir::new(images.clone())))
            .foreseeing(foresight)
            .reading(definitions);
        let elsewhere = JobFilesHttp::new(&workers(site))?;
        let asked = site.number("web", "requests_per_second").and_then(|number| number.try_into().ok());
        let settings = Settings {
            requests_per_second: asked.unwrap_or(Settings::default().requests_per_second),
            ..Settings::default()
        };
        let offers = Arc::new(SiteOffers::of_site(site));
        let rest = Rest::new(desk, store, offers, Arc::new(elsewhere), settings, stop).observed_by(Arc::new(
            |method, route, status, took| Requests.answered(method, route, status, took),
        ));
        let rest = rest.keeping(repositories, images);
        let (rest, looks_again) = people::known(rest, people, site).await?;
        let address = server.address();
        tracing::info!(
            "answering programs at http://{address}/api/v1; http://{address}/api/v1/docs says how"
        );
        tracing::info!("showing pages to people at http://{address}/");
        if !rest.door.has_directory() && rest.remote_user.is_none() && !rest.door.is_open().await? {
            tracing::warn!(
                "nobody has a password yet: `img user passwd admin{}`, run here as this user, makes the first administrator",
                state.option()
            );
        }
        Ok(Some(Web { server, rest, looks_again, store: StoreTrouble::default() }))
    }

    /// Answers until `stop`; `more` are pages of others.
    pub(crate) async fn serve(self, more: rest::Pages, stop: CancellationToken) -> Result<()> {
        let rest = Arc::new(self.rest);
        let pages = web::pages(&rest).merge(more);
        let accounts = rest.accounts.clone();
        let served = self.server.serve(rest.router(pages), stop);
        let looks_again = async {
            match self.looks_again {
                Some(looks_again) => looks_again.for_ever().await,
                None => std::future::pending().await,
            }
        };
        let ask = || {
            let accounts = accounts.clone();
            async move { accounts.groups().await.map(drop) }
        };
        tokio::select! {
            served = served => Ok(served?),
            never = looks_again => match never {},
            never = self.store.watch(ask) => match never {},
        }
    }
}

/// Returns the addresses below which the workers of the site have files.
fn workers(site: &Configuration) -> Vec<String> {
    let own = site.text("worker", "base_url");
    own.into_iter().chain(site.list("web", "files_from")).filter(|url| url.starts_with("http")).collect()
}
