//! A build service that never changes, and the suite of all that do.

use async_trait::async_trait;

use crate::{IndexError, PackageIndex, ProjectRepository, RepositoryPath};

/// Knows the service `obs` and its project `Mer:Core`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedIndex;

#[async_trait]
impl PackageIndex for FixedIndex {
    async fn repositories(
        &self,
        service: &str,
        project: &str,
    ) -> Result<Option<Vec<ProjectRepository>>, IndexError> {
        if service != "obs" {
            return Err(IndexError::CannotAsk(format!("no Open Build Service is known as {service}")));
        }
        Ok((project == "Mer:Core").then(mer_core))
    }
}

/// The repositories of `Mer:Core`.
pub fn mer_core() -> Vec<ProjectRepository> {
    let path = |project: &str, repository: &str| RepositoryPath {
        project: project.into(),
        repository: repository.into(),
    };
    vec![
        ProjectRepository {
            name: "Core_armv7hl".into(),
            paths: vec![path("Mer:Base", "Base_armv7hl"), path("Mer:Tools", "standard")],
            arches: vec!["armv8el".into(), "i586".into()],
        },
        ProjectRepository { name: "Core_i486".into(), paths: Vec::new(), arches: vec!["i586".into()] },
    ]
}

/// Runs the promises of [`PackageIndex`] against one that knows what [`FixedIndex`] knows.
///
/// # Panics
/// When a promise is broken.
pub async fn package_index_keeps_its_promises(index: &dyn PackageIndex) {
    for _ in 0..2 {
        let found = index.repositories("obs", "Mer:Core").await.expect("the service answers");
        assert_eq!(found, Some(mer_core()), "order, paths and processors are those of the service");
        assert_eq!(index.repositories("obs", "Mer:Cores").await.expect("the service answers"), None);
    }
    for (service, project) in [("other", "Mer:Core"), ("", "Mer:Core")] {
        let asked = index.repositories(service, project).await;
        assert!(matches!(asked, Err(IndexError::CannotAsk(_))), "{service:?} {project:?}: {asked:?}");
    }
}
