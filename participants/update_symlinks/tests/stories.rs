//! The stories of update_symlinks; a new one is a folder in `cases`.

use std::path::Path;
use std::sync::Arc;

use imaging::testing::MemoryReleases;
use imaging::{IndexError, PackageIndex, ProjectRepository, RepositoryPath};
use participant_core::testing::{Memory, job, stories_come_true, workitem};
use participant_core::{Participant, async_trait};
use serde_json::{Value, json};
use update_symlinks::UpdateSymlinks;

/// A build service `obs`: each project, and what the paths of its first repository lead to.
struct Paths(&'static [(&'static str, &'static [&'static str])]);

const PATHS: Paths = Paths(&[
    ("Sailfish:latest", &["Sailfish:Core:4.5", "Elsewhere:1"]),
    ("Sailfish:Core:4.5", &["Mer:Core:0.20"]),
    ("Mer:Core:0.20", &[]),
    ("Sailfish:deep", &["Sailfish:Deep:4.5"]),
    ("Sailfish:Deep:4.5", &["Mer:Deep:0.20"]),
    ("Mer:Deep:0.20", &["Nowhere:1"]),
    ("Mer:testing", &["Mer:Core:0.20"]),
    ("Mer:evil", &["Mer:..:.."]),
    ("Mer:gone", &["Mer:Core:9"]),
    ("Mer:Core:9", &[]),
    ("Mer:lonely", &[]),
    ("Mer:lost", &["Mer:nowhere"]),
]);

#[async_trait]
impl PackageIndex for Paths {
    async fn repositories(
        &self,
        service: &str,
        project: &str,
    ) -> Result<Option<Vec<ProjectRepository>>, IndexError> {
        if service != "obs" {
            return Err(IndexError::CannotAsk(format!("no Open Build Service is known as {service}")));
        }
        let path = |project: &&str| RepositoryPath { project: project.to_string(), repository: "r".into() };
        let repository = |name: &str, paths: &[&str]| ProjectRepository {
            name: name.into(),
            paths: paths.iter().map(path).collect(),
            arches: Vec::new(),
        };
        let found = self.0.iter().find(|(name, _)| *name == project);
        Ok(found.map(|(_, paths)| vec![repository("first", paths), repository("second", &["Other:1"])]))
    }
}

fn releases() -> Arc<MemoryReleases> {
    Arc::new(MemoryReleases::of(&[("Sailfish", "4.5"), ("Mer", "0.20")]))
}

#[tokio::test]
async fn stories() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let participant = UpdateSymlinks { index: Some(Arc::new(PATHS)), releases: Some(releases()) };
    stories_come_true(&cases, &participant).await;
}

#[tokio::test]
async fn names_point_at_two_releases_at_most_and_at_none_after_a_mistake() {
    let both = &[("Mer", "latest", "0.20"), ("Sailfish", "latest", "4.5")][..];
    let rows = [
        ("Sailfish:latest", both),
        ("Mer:testing", &[("Mer", "testing", "0.20")]),
        ("Mer:evil", &[]),
        ("Mer:gone", &[]),
        ("Mer:lonely", &[]),
        ("Mer:lost", &[]),
        ("Mer", &[]),
        ("a:b:c:d", &[]),
    ];
    for (project, expected) in rows {
        let releases = releases();
        let participant = UpdateSymlinks { index: Some(Arc::new(PATHS)), releases: Some(releases.clone()) };
        let item = workitem(&json!({ "ev": { "namespace": "obs" }, "project": project }));
        for _ in 0..2 {
            let answer = participant.handle_wi(&item, &job(&Memory::default()).0).await.unwrap();
            assert_eq!(answer.is_done(), !expected.is_empty(), "{project}: {answer:?}");
        }
        let links = releases.links.lock().unwrap();
        let links: Vec<_> = links
            .iter()
            .map(|((platform, name), id)| (platform.as_str(), name.as_str(), id.as_str()))
            .collect();
        assert_eq!(links, expected, "{project}");
    }
}

#[tokio::test]
async fn what_a_site_does_not_say_is_named() {
    let index = || -> Option<Arc<dyn PackageIndex>> { Some(Arc::new(PATHS)) };
    let rows = [
        (UpdateSymlinks { index: index(), releases: None }, "[releases] prefix"),
        (UpdateSymlinks { index: None, releases: Some(releases()) }, "[obs] oscrc"),
    ];
    for (participant, expected) in rows {
        let item = workitem(&json!({ "ev": { "namespace": "obs" }, "project": "Sailfish:latest" }));
        let answer = participant.handle_wi(&item, &job(&Memory::default()).0).await;
        let reply: Value = serde_json::from_slice(&item.reply(&answer)).unwrap();
        assert!(reply["fields"]["__error__"].as_str().unwrap().starts_with(expected), "{reply}");
    }
}
