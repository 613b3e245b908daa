//! `build_ks`.

use std::sync::Arc;

use build_ks::BuildKs;
use participant_core::Participant;

/// Makes the participant.
pub(crate) fn build_ks() -> Arc<dyn Participant> {
    Arc::new(BuildKs { include_allowed: false })
}
