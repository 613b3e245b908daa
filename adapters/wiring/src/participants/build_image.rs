//! `build_image` on one machine: dnf in a user namespace.

use std::sync::Arc;

use build_image::{BuildImage, Folders};
use builder_dnf::DnfBuilder;
use imaging::ImageBuilder;
use participant_core::Participant;
use place_userns::Userns;

use crate::state::State;

/// Makes the participant; images may go where the one who asks says, because that is the one who runs this program.
pub(crate) fn build_image(
    state: &State,
    builder: Box<dyn ImageBuilder>,
    owner: &str,
) -> Arc<dyn Participant> {
    let mut folders = Folders::local(state.images());
    folders.outdir_allowed = true;
    Arc::new(BuildImage { builder, folders, owner: owner.to_owned() })
}

/// Makes the builder that makes real images.
pub fn real_builder(state: &State) -> Box<dyn ImageBuilder> {
    Box::new(DnfBuilder::new(Box::new(Userns::new()), state.cache()))
}
