//! Asks Open Build Services which repositories a project has.
//!
//! Only the services of the site's oscrc are asked ([`Oscrc`]), each as the user that stands there; a workitem names one
//! by its alias or its address. An answer, also that there is no such project, counts for a minute. Certificates are
//! always checked, redirections are not followed, and a proxy is what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say.
//!
//! The crate `open-build-service-api` was weighed against these few lines. It is alive (0.1.0 of May 2026, 0.1.1 of June),
//! and its `meta()` asks the question we have, among many others. But it makes its HTTP client itself: there are no
//! timeouts and no certificates of a site's own; it does not read the paths of a repository; a 404 that is no XML becomes
//! an error of reading XML. And it weighs 166 crates, with reqwest, a second XML reader and aws-lc-sys, which `deny.toml` refuses; ureq and
//! roxmltree are here already.

mod cache;
mod http;
mod meta;
mod oscrc;

use std::time::Duration;

use async_trait::async_trait;
use imaging::{IndexError, PackageIndex, ProjectRepository};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use self::cache::Cache;
use self::http::Http;
pub use self::oscrc::{Oscrc, OscrcError, Service};

/// What stays as it is in a part of a path.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b':').remove(b'+');

/// How services are spoken to.
#[derive(Clone, Debug)]
pub struct Manners {
    /// How long one question may take in all.
    pub timeout: Duration,
    /// How long an answer counts.
    pub keep: Duration,
    /// The address of a proxy; none for what the environment says.
    pub proxy: Option<String>,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners { timeout: Duration::from_secs(30), keep: Duration::from_secs(60), proxy: None }
    }
}

/// The Open Build Services of a site.
#[derive(Debug)]
pub struct ObsIndex {
    services: Vec<(Service, Http)>,
    cache: Cache,
}

impl ObsIndex {
    /// Takes the services of an oscrc; reads the certificates they are checked by, and asks nobody yet.
    pub fn new(oscrc: Oscrc, manners: &Manners) -> Result<ObsIndex, IndexError> {
        let services = oscrc.services.into_iter().map(|service| {
            let http = Http::new(&service, manners)?;
            Ok((service, http))
        });
        Ok(ObsIndex {
            services: services.collect::<Result<_, IndexError>>()?,
            cache: Cache::new(manners.keep),
        })
    }

    fn service(&self, name: &str) -> Result<&(Service, Http), IndexError> {
        self.services.iter().find(|(service, _)| service.is_called(name)).ok_or_else(|| {
            let known: Vec<_> = self.services.iter().map(|(service, _)| service.name()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            IndexError::CannotAsk(format!(
                "no Open Build Service is known as {name:?}; the oscrc of [obs] has {known}"
            ))
        })
    }
}

#[async_trait]
impl PackageIndex for ObsIndex {
    async fn repositories(
        &self,
        service: &str,
        project: &str,
    ) -> Result<Option<Vec<ProjectRepository>>, IndexError> {
        let (service, http) = self.service(service)?;
        if project.is_empty() || matches!(project, "." | "..") {
            return Err(IndexError::CannotAsk(format!("{project:?} is no name of a project")));
        }
        let url = format!("{}/source/{}/_meta", service.api_url, utf8_percent_encode(project, PART));
        if let Some(known) = self.cache.get(&url) {
            return Ok(known);
        }
        let silent = |source: Box<dyn std::error::Error + Send + Sync>| IndexError::Silent {
            doing: format!("ask {} for project {project}", service.name()),
            source,
        };
        let answer = match http.get(url.clone()).await.map_err(silent)? {
            None => None,
            Some(text) => Some(meta::repositories(&text).map_err(silent)?),
        };
        self.cache.put(url, answer.clone());
        Ok(answer)
    }
}
