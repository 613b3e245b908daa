//! Releases in memory, and the suite of whatever keeps them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;

use crate::{ReleaseError, ReleaseLink, Releases};

/// Releases by platform, and what names point at.
#[derive(Debug, Default)]
pub struct MemoryReleases {
    releases: Vec<(String, String)>,
    /// What each name of a platform points at.
    pub links: Mutex<BTreeMap<(String, String), String>>,
}

impl MemoryReleases {
    /// Makes one with these releases, each of a platform.
    pub fn of(releases: &[(&str, &str)]) -> MemoryReleases {
        let releases = releases.iter().map(|(platform, release)| (platform.to_string(), release.to_string()));
        MemoryReleases { releases: releases.collect(), links: Mutex::default() }
    }
}

#[async_trait]
impl Releases for MemoryReleases {
    async fn point(&self, links: &[ReleaseLink]) -> Result<(), ReleaseError> {
        let is_release = |platform: &str, release: &str| {
            self.releases.iter().any(|known| known.0 == platform && known.1 == release)
        };
        for link in links {
            let (platform, name, release) = (link.platform(), link.name(), link.release());
            if !is_release(platform, release) {
                return Err(ReleaseError::Refused(format!("there is no release {release} of {platform}")));
            }
            if is_release(platform, name) {
                return Err(ReleaseError::Refused(format!("{platform}/{name} is a release itself")));
            }
        }
        let mut known = self.links.lock().expect("inserting does not panic");
        for link in links {
            known.insert((link.platform().to_owned(), link.name().to_owned()), link.release().to_owned());
        }
        Ok(())
    }
}

/// What a name points at, and what stands beside it.
type Pointed = Option<(String, String)>;

/// Runs the promises of [`Releases`] against one that has the releases `1.0` and `2.0` of `Mer` and `7` of `Core`, and to
/// which nothing points. `read` tells what a name of a platform points at, and what stands beside it.
///
/// # Panics
/// When a promise is broken.
pub async fn releases_keep_their_promises(releases: &dyn Releases, read: &dyn Fn(&str, &str) -> Pointed) {
    let link = |platform, name, release| ReleaseLink::new(platform, name, release).expect("they are names");
    let both = |text: &str| Some((text.to_owned(), text.to_owned()));

    for nothing in
        [link("Mer", "latest", "3.0"), link("Elsewhere", "latest", "1.0"), link("Core", "latest", "1.0")]
    {
        let pointed = releases.point(&[link("Mer", "latest", "1.0"), nothing]).await;
        assert!(matches!(pointed, Err(ReleaseError::Refused(_))), "{pointed:?}");
        assert_eq!(read("Mer", "latest"), None, "a mistake in one changes none");
    }
    let itself = releases.point(&[link("Mer", "2.0", "1.0")]).await;
    assert!(matches!(itself, Err(ReleaseError::Refused(_))), "a release never becomes a link: {itself:?}");

    for release in ["1.0", "1.0", "2.0", "1.0"] {
        let links = [link("Mer", "latest", release), link("Core", "latest", "7")];
        releases.point(&links).await.expect("they are releases");
        assert_eq!((read("Mer", "latest"), read("Core", "latest")), (both(release), both("7")));
    }
    assert_eq!(read("Mer", "testing"), None);
    releases.point(&[]).await.expect("nothing to do");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fake_keeps_the_promises() {
        let releases = MemoryReleases::of(&[("Mer", "1.0"), ("Mer", "2.0"), ("Core", "7")]);
        let read = |platform: &str, name: &str| {
            let links = releases.links.lock().unwrap();
            links.get(&(platform.to_owned(), name.to_owned())).map(|id| (id.clone(), id.clone()))
        };
        releases_keep_their_promises(&releases, &read).await;
    }
}
