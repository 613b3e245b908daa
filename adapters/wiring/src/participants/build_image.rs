//! `build_image`: dnf in a user namespace.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use build_image::{BuildImage, Folders};
use builder_dnf::DnfBuilder;
use imaging::ImageBuilder;
use participant_core::Participant;
use place_userns::Userns;

use super::kind::Host;
use crate::site::Site;
use crate::state::State;

/// Makes the participant of one machine; images may go where the one who asks says, because that is the one who runs
/// this program.
pub(crate) fn build_image(
    state: &State,
    builder: Box<dyn ImageBuilder>,
    owner: &str,
) -> Arc<dyn Participant> {
    let mut folders = Folders::local(state.images());
    folders.outdir_allowed = true;
    Arc::new(BuildImage { builder, folders, owner: owner.to_owned(), fs_pack: None })
}

/// Makes the participant from `[worker]`.
pub(crate) fn of_site(site: &mut Site, host: &Host) -> Result<Arc<dyn Participant>> {
    let base_dir = base_dir(site).unwrap_or_else(|| host.state.images());
    let mut folders = Folders::local(base_dir);
    if let Some(url) = site.text("worker", "base_url") {
        folders.base_url = url;
    }
    let fs_pack = site.text("worker", "fs_pack");
    warn_of_unused(site);
    let builder = (host.builders)(&host.state);
    Ok(Arc::new(BuildImage { builder, folders, owner: host.owner.clone(), fs_pack }))
}

/// Returns the folder images go to, when the configuration names one.
pub(crate) fn base_dir(site: &mut Site) -> Option<PathBuf> {
    let folder = site.text("worker", "base_dir").map(PathBuf::from)?;
    if !folder.is_absolute() {
        site.mistake("worker", "base_dir", "should be an absolute path");
    }
    Some(folder)
}

/// Says what the configuration asks for and this builder does not do.
fn warn_of_unused(site: &mut Site) {
    if let Some(builder) = site.text("worker", "ict") {
        tracing::warn!("[worker] ict = {builder} is not used: images are made by dnf, in a user namespace");
    }
    if let Some(options) = site.text("worker", "mic_opts") {
        tracing::warn!("[worker] mic_opts = {options} is not used: images are made by dnf, not by mic");
    }
    if site.yes("worker", "use_kvm") {
        tracing::warn!(
            "[worker] use_kvm is not used: images are made in a user namespace, not in a virtual machine"
        );
    }
}

/// Makes the builder that makes real images.
pub fn real_builder(state: &State) -> Box<dyn ImageBuilder> {
    Box::new(DnfBuilder::new(Box::new(Userns::new()), state.cache()))
}
