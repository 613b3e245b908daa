//! `build_image`: dnf in a user namespace.

use std::path::PathBuf;
use std::sync::Arc;

use build_image::{BuildImage, Folders};
use builder_dnf::DnfBuilder;
use child::Priority;
use config::Configuration;
use imaging::ImageBuilder;
use participant_core::Participant;
use place_userns::Userns;

use super::kind::Host;
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
    let owner = owner.to_owned();
    Arc::new(BuildImage { builder, folders, owner, fs_pack: None, options: Vec::new(), post_creation: None })
}

/// Makes the participant from `[worker]`.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Arc<dyn Participant> {
    let base_dir = site.text("worker", "base_dir").map_or_else(|| host.state.images(), PathBuf::from);
    let mut folders = Folders::local(base_dir);
    if let Some(url) = site.text("worker", "base_url") {
        folders.base_url = url;
    }
    let options = site.list("worker", "mic_opts");
    if let Err(why) = builder_dnf::check_options(&options) {
        tracing::warn!("[worker] mic_opts: {why}; until that is mended, every build is refused");
    }
    Arc::new(BuildImage {
        builder: (host.builders)(&host.state, priority(site)),
        folders,
        owner: host.owner.clone(),
        fs_pack: site.text("worker", "fs_pack"),
        options,
        post_creation: site.text("worker", "post_creation").map(PathBuf::from),
    })
}

/// Reads how far builds stand back behind what else the machine does.
fn priority(site: &Configuration) -> Priority {
    let nice = site.number("worker", "nice").map_or(0, |steps| u8::try_from(steps).unwrap_or(19));
    Priority {
        nice,
        idle_io: site.text("worker", "ionice").is_some_and(|word| word.eq_ignore_ascii_case("idle")),
    }
}

/// Makes the builder that makes real images.
pub fn real_builder(state: &State, priority: Priority) -> Box<dyn ImageBuilder> {
    Box::new(DnfBuilder::new(Box::new(Userns::new().behind_others(priority)), state.cache()))
}
