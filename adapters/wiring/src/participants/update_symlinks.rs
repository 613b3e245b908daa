//! `update_symlinks`.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use config::Configuration;
use imaging::Releases;
use participant_core::Participant;
use releases_dir::ReleasesDir;
use update_symlinks::UpdateSymlinks;

use super::build_ks::index;
use super::kind::Host;

/// Makes the participant from `[releases]` and `[obs]`; a prefix that is not absolute is a folder where images are.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Result<Arc<dyn Participant>> {
    let prefix =
        site.text("releases", "prefix").map(|prefix| super::images(site, host).join(Path::new(&prefix)));
    let releases = prefix.map(|folder| Arc::new(ReleasesDir::new(folder)) as Arc<dyn Releases>);
    Ok(Arc::new(UpdateSymlinks { index: index(site)?, releases }))
}
