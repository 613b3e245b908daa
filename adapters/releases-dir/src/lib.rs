//! Releases in folders, and links to them.
//!
//! `PREFIX/PLATFORM/RELEASE` is a release, `PREFIX/PLATFORM/NAME` a link to one, and `NAME.id` beside it says which as a
//! text. A link is exchanged by one rename, so it always leads somewhere; no link is followed on the way to it.

mod shelf;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use imaging::{ReleaseError, ReleaseLink, Releases};

use crate::shelf::Shelf;

/// The releases of a site, below one folder.
#[derive(Clone, Debug)]
pub struct ReleasesDir {
    prefix: PathBuf,
}

impl ReleasesDir {
    /// Looks below this folder, which need not be there yet.
    pub fn new(prefix: PathBuf) -> ReleasesDir {
        ReleasesDir { prefix }
    }

    fn point(&self, links: &[ReleaseLink]) -> Result<(), ReleaseError> {
        if links.is_empty() {
            return Ok(());
        }
        let opening =
            |source| disk(format!("open the folder of the releases, {}", self.prefix.display()), source);
        let above = beneath::base(&self.prefix).map_err(opening)?;
        let mut shelves = Vec::new();
        for link in links {
            shelves.push((self.shelf(&above, link)?, link));
        }
        for (shelf, link) in shelves {
            // the lock is only held while one name changes: two names may be of one platform
            let pointed = shelf.lock().and_then(|held| held.point(link.name(), link.release()));
            pointed.map_err(|source| {
                disk(format!("point {}/{} at {}", link.platform(), link.name(), link.release()), source)
            })?;
        }
        Ok(())
    }

    /// Opens the folder of a platform, after looking whether the name may point at the release.
    fn shelf(&self, above: &File, link: &ReleaseLink) -> Result<Shelf, ReleaseError> {
        let (platform, name, release) = (link.platform(), link.name(), link.release());
        let at = self.prefix.join(platform);
        let folder = at.join(release);
        let missing = || {
            let folder = folder.display();
            ReleaseError::Refused(format!(
                "there is no release {release} of {platform}: {folder} is no folder"
            ))
        };
        let shelf = match beneath::folder(above, Path::new(platform)) {
            Ok(folder) => Shelf::new(folder),
            Err(error) if beneath::leads_nowhere(&error) => return Err(missing()),
            Err(error) => return Err(disk(format!("open {}", at.display()), error)),
        };
        match shelf.has_folder(release) {
            Ok(true) => {}
            Ok(false) => return Err(missing()),
            Err(error) => return Err(disk(format!("look at {}", folder.display()), error)),
        }
        match shelf.may_point(name) {
            Ok(true) => Ok(shelf),
            Ok(false) => Err(ReleaseError::Refused(format!(
                "{} or its .id is in the way: it was not made by this program, and is left as it is",
                at.join(name).display()
            ))),
            Err(error) => Err(disk(format!("look at {}", at.join(name).display()), error)),
        }
    }
}

#[async_trait]
impl Releases for ReleasesDir {
    async fn point(&self, links: &[ReleaseLink]) -> Result<(), ReleaseError> {
        let (own, links) = (self.clone(), links.to_vec());
        let pointed = tokio::task::spawn_blocking(move || own.point(&links)).await;
        pointed.map_err(|panicked| disk("point names at releases".into(), io::Error::other(panicked)))?
    }
}

fn disk(doing: String, source: io::Error) -> ReleaseError {
    ReleaseError::Disk { doing, source }
}
