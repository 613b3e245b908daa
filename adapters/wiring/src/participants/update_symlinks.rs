//! `update_symlinks`.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use config::Configuration;
use imaging::{PackageIndex, Releases};
use participant_core::Participant;
use releases_dir::ReleasesDir;
use update_symlinks::UpdateSymlinks;

use super::build_ks::index;
use super::kind::Host;

/// Makes the participant from `[releases]` and `[obs]`.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Result<Arc<dyn Participant>> {
    Ok(of_images(site, &super::images(site, host), index(site)?))
}

/// Makes the participant for releases that are, unless they have an absolute prefix, below a folder of images.
pub(super) fn of_images(
    site: &Configuration,
    base_dir: &Path,
    index: Option<Arc<dyn PackageIndex>>,
) -> Arc<dyn Participant> {
    let prefix = site.text("releases", "prefix").map(|prefix| base_dir.join(Path::new(&prefix)));
    let releases = prefix.map(|folder| Arc::new(ReleasesDir::new(folder)) as Arc<dyn Releases>);
    Arc::new(UpdateSymlinks { index, releases })
}
