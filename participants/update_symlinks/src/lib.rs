//! Points the name of a release at what its project is built against.
//!
//! A project such as `Mer:latest` is built against one release, and that against another: `latest` of each platform on
//! the way points at the release of it. The build service knows the way, `[releases] prefix` where the releases are.

use std::sync::Arc;

use imaging::{PackageIndex, ReleaseLink, Releases};
use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait, with_causes};

/// How far the paths of projects are followed.
const STEPS: usize = 2;

/// The participant `update_symlinks`.
pub struct UpdateSymlinks {
    /// What knows what a project is built against; none where the site names no build service.
    pub index: Option<Arc<dyn PackageIndex>>,
    /// Where the releases are; none where the site does not say.
    pub releases: Option<Arc<dyn Releases>>,
}

#[async_trait]
impl Participant for UpdateSymlinks {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        Ok(match self.update(item).await {
            Ok(links) => links.iter().fold(Outcome::done(), |outcome, link| {
                outcome.message(format!("{}/{} is {}", link.platform(), link.name(), link.release()))
            }),
            Err(reason) => Outcome::refuse().because(reason),
        })
    }
}

impl UpdateSymlinks {
    async fn update(&self, item: &Workitem) -> Result<Vec<ReleaseLink>, String> {
        let [service, project] = item.mandatory(["ev.namespace", "project"])?;
        let releases = self.releases.as_ref().ok_or(
            "[releases] prefix does not say where the releases are: set it in the configuration of update_symlinks",
        )?;
        let links = self.links(&service, &project).await?;
        releases.point(&links).await.map_err(|error| with_causes(&error))?;
        Ok(links)
    }

    /// Asks what is to point where.
    async fn links(&self, service: &str, project: &str) -> Result<Vec<ReleaseLink>, String> {
        let parts: Vec<&str> = project.split(':').collect();
        let (name, true) = (parts[parts.len() - 1], matches!(parts.len(), 2 | 3)) else {
            return Err(format!("project `{project}` should have two or three parts, as Mer:latest"));
        };
        let mut links = Vec::new();
        let mut at = project.to_owned();
        while links.len() < STEPS {
            let Some(next) = self.built_against(service, &at).await? else { break };
            let platform = next.split(':').next().unwrap_or_default();
            let release = next.rsplit(':').next().unwrap_or_default();
            let link = ReleaseLink::new(platform, name, release);
            links.push(link.map_err(|error| format!("{at} is built against {next}, but {error}"))?);
            at = next;
        }
        if links.is_empty() {
            return Err(format!(
                "nobody can tell the release of {project}: the first repository it has in OBS has no path to another project"
            ));
        }
        Ok(links)
    }

    /// Returns the project that the first path of a project's first repository leads to.
    async fn built_against(&self, service: &str, project: &str) -> Result<Option<String>, String> {
        let index = self.index.as_ref().ok_or(
            "[obs] oscrc does not say how to log in to a build service: set it in the configuration of update_symlinks",
        )?;
        match index.repositories(service, project).await.map_err(|error| with_causes(&error))? {
            Some(repositories) => {
                let first = repositories.into_iter().next().and_then(|first| first.paths.into_iter().next());
                Ok(first.map(|path| path.project))
            }
            None => Err(format!("Project {project} not found in OBS")),
        }
    }
}

impl std::fmt::Debug for UpdateSymlinks {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("UpdateSymlinks")
    }
}
