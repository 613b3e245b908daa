//! Which package repositories a project of a build service has.

use std::error::Error;

use async_trait::async_trait;

/// A repository of a project, as its build service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRepository {
    /// Its name, unique in the project.
    pub name: String,
    /// The repositories it is built against, the nearest first.
    pub paths: Vec<RepositoryPath>,
    /// The processors it is built for, in the service's words: `i586`, `armv7hl`.
    pub arches: Vec<String>,
}

/// A repository, named from outside its project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryPath {
    /// The project, as `Mer:Core`.
    pub project: String,
    /// The repository of that project.
    pub repository: String,
}

/// Why nobody knows the repositories of a project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The site is not set up for that service, or the words are none it could be asked with; asking again cannot help.
    #[error("{0}")]
    CannotAsk(String),
    /// The service does not answer, or not in words we know.
    #[error("cannot {doing}")]
    Silent {
        /// What was being done, as `ask https://api.example for project Mer:Core`.
        doing: String,
        /// What came of it.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// The build services of a site.
#[async_trait]
pub trait PackageIndex: Send + Sync {
    /// Returns the repositories of `project`, in the order of the service that is known as `service`, an alias or an
    /// address; `None` when that service has no such project.
    ///
    /// What was answered a short while ago may be answered again.
    async fn repositories(
        &self,
        service: &str,
        project: &str,
    ) -> Result<Option<Vec<ProjectRepository>>, IndexError>;
}
