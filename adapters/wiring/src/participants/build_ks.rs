//! `build_ks`.

use std::sync::Arc;

use build_ks::BuildKs;
use config::Configuration;
use kickstart_dir::KickstartDir;
use participant_core::Participant;

/// Makes the participant of one machine, where nobody has a store or a server of repositories.
pub(crate) fn build_ks() -> Arc<dyn Participant> {
    Arc::new(BuildKs::default())
}

/// Makes the participant from `[build_ks]`.
pub(crate) fn of_site(site: &Configuration) -> Arc<dyn Participant> {
    let mut participant = BuildKs { reposerver: site.text("build_ks", "reposerver"), ..BuildKs::default() };
    if let Some(folder) = site.text("build_ks", "ksstore") {
        participant.store = Some(Arc::new(KickstartDir::at(folder)));
    }
    Arc::new(participant)
}
