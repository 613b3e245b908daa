//! `build_image`: dnf in a user namespace, or mic where somebody says so.

use std::path::PathBuf;
use std::sync::Arc;

use build_image::{BuildImage, Folders};
use builder_dnf::DnfBuilder;
use child::Priority;
use config::Configuration;
use imaging::ImageBuilder;
use participant_core::Participant;
use place_userns::Userns;

use super::choice::Choice;
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
    let builder = Box::new(Choice::of_person(builder, state));
    Arc::new(BuildImage { builder, folders, owner: owner.to_owned(), fs_pack: None })
}

/// Makes the participant from `[worker]`.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Arc<dyn Participant> {
    let base_dir = site.text("worker", "base_dir").map_or_else(|| host.state.images(), PathBuf::from);
    let mut folders = Folders::local(base_dir);
    if let Some(url) = site.text("worker", "base_url") {
        folders.base_url = url;
    }
    let fs_pack = site.text("worker", "fs_pack");
    let builder = (host.builders)(&host.state, priority(site));
    let builder = Box::new(Choice::of_site(builder, site, &host.state, priority(site)));
    Arc::new(BuildImage { builder, folders, owner: host.owner.clone(), fs_pack })
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
