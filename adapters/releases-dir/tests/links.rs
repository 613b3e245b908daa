//! Links to releases, on a real disk.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use imaging::testing::releases_keep_their_promises;
use imaging::{ReleaseError, ReleaseLink, Releases};
use releases_dir::ReleasesDir;

struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Site {
        let site = Site(tempfile::tempdir().unwrap());
        for release in ["Mer/1.0", "Mer/2.0", "Core/7"] {
            fs::create_dir_all(site.path(release)).unwrap();
        }
        site
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join("releases").join(below)
    }

    fn releases(&self) -> ReleasesDir {
        ReleasesDir::new(self.path(""))
    }

    async fn point(&self, name: &str, release: &str) -> Result<(), ReleaseError> {
        self.releases().point(&[ReleaseLink::new("Mer", name, release).unwrap()]).await
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("Mer")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn a_folder_keeps_the_promises() {
    let site = Site::new();
    let read = |platform: &str, name: &str| {
        let link = fs::read_link(site.path(platform).join(name)).ok()?;
        let id = fs::read_to_string(site.path(platform).join(format!("{name}.id"))).ok()?;
        Some((link.to_str()?.to_owned(), id))
    };
    releases_keep_their_promises(&site.releases(), &read).await;
    assert_eq!(site.names(), ["1.0", "2.0", "latest", "latest.id"], "nothing of ours is left");
    assert_eq!(fs::metadata(site.path("Mer/latest.id")).unwrap().permissions().mode() & 0o777, 0o644);
}

#[tokio::test]
async fn what_a_killed_program_left_is_in_nobodys_way() {
    let site = Site::new();
    symlink("2.0", site.path("Mer/.latest.new")).unwrap();
    fs::write(site.path("Mer/.latest.id.new"), "2.").unwrap();
    symlink("2.0", site.path("Mer/latest")).unwrap(); // killed between the link and its text
    fs::write(site.path("Mer/latest.id"), "1.0").unwrap();

    site.point("latest", "2.0").await.unwrap();

    assert_eq!(text(&site.path("Mer/latest.id")), "2.0");
    assert_eq!(site.names(), ["1.0", "2.0", "latest", "latest.id"]);
}

#[tokio::test]
async fn no_link_is_followed_on_the_way() {
    let site = Site::new();
    let outside = site.0.path().join("outside");
    fs::create_dir_all(outside.join("1.0")).unwrap();
    symlink(&outside, site.path("Linked")).unwrap();
    symlink("1.0", site.path("Mer/other")).unwrap();
    symlink("/nowhere", site.path("Mer/latest")).unwrap();
    let linked = ReleaseLink::new("Linked", "latest", "1.0").unwrap();

    let refused = [site.releases().point(&[linked]).await, site.point("new", "other").await];

    for refused in refused {
        assert!(matches!(refused, Err(ReleaseError::Refused(_))), "{refused:?}");
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "nothing was written outside");
    // a link of any kind is replaced itself
    site.point("latest", "1.0").await.unwrap();
    assert_eq!(fs::read_link(site.path("Mer/latest")).unwrap(), Path::new("1.0"));
}

#[tokio::test]
async fn what_is_no_link_is_left_as_it_is() {
    let site = Site::new();
    fs::write(site.path("Mer/latest"), "mine").unwrap();
    fs::create_dir(site.path("Mer/testing.id")).unwrap();

    for name in ["latest", "testing", "2.0"] {
        let refused = site.point(name, "1.0").await.unwrap_err();
        assert!(matches!(refused, ReleaseError::Refused(_)), "{refused:?}");
        assert!(refused.to_string().contains("is in the way"), "{refused}");
    }
    assert_eq!(text(&site.path("Mer/latest")), "mine");
    assert_eq!(site.names(), ["1.0", "2.0", "latest", "testing.id"]);
}

#[tokio::test]
async fn without_the_folder_of_the_releases_a_sentence_says_so() {
    let nowhere = ReleasesDir::new("/nowhere/releases".into());
    let error = nowhere.point(&[ReleaseLink::new("Mer", "latest", "1").unwrap()]).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open the folder of the releases, /nowhere/releases");
}

/// A link that is read while others exchange it leads to a release at any moment.
#[tokio::test]
async fn a_link_always_leads_somewhere() {
    let site = Site::new();
    site.point("latest", "1.0").await.unwrap();
    let writers = ["1.0", "2.0"].map(|release| {
        let (releases, link) = (site.releases(), ReleaseLink::new("Mer", "latest", release).unwrap());
        tokio::spawn(async move {
            for _ in 0..50 {
                releases.point(std::slice::from_ref(&link)).await.unwrap();
            }
        })
    });
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        assert!(fs::metadata(site.path("Mer/latest")).unwrap().is_dir());
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let link = fs::read_link(site.path("Mer/latest")).unwrap();
    assert_eq!(text(&site.path("Mer/latest.id")), link.to_str().unwrap());
}
