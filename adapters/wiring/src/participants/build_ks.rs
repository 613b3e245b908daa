//! `build_ks`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use build_ks::BuildKs;
use config::Configuration;
use imaging::PackageIndex;
use kickstart_dir::KickstartDir;
use package_index_obs::{Manners, ObsIndex, Oscrc};
use participant_core::Participant;

/// Makes the participant of one machine, where nobody has a store or a server of repositories.
pub(crate) fn build_ks() -> Arc<dyn Participant> {
    Arc::new(BuildKs::default())
}

/// Makes the participant from `[build_ks]` and `[obs]`.
pub(crate) fn of_site(site: &Configuration) -> Result<Arc<dyn Participant>> {
    let mut participant = BuildKs { reposerver: site.text("build_ks", "reposerver"), ..BuildKs::default() };
    if let Some(folder) = site.text("build_ks", "ksstore") {
        participant.store = Some(Arc::new(KickstartDir::at(folder)));
    }
    participant.index = index(site)?;
    Ok(Arc::new(participant))
}

/// Makes what knows the build services of a site, where it names any.
pub(super) fn index(site: &Configuration) -> Result<Option<Arc<dyn PackageIndex>>> {
    let Some(file) = site.text("obs", "oscrc") else { return Ok(None) };
    let services = Oscrc::read(Path::new(&file)).context("[obs] oscrc")?;
    Ok(Some(Arc::new(ObsIndex::new(services, &Manners::default()).context("[obs] oscrc")?)))
}
