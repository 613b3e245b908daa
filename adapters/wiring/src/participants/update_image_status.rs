//! `update_image_status` on one machine.

use std::sync::Arc;

use job_store_sql::SqlJobStore;
use participant_core::Participant;
use update_image_status::UpdateImageStatus;

/// Makes the participant.
pub(crate) fn update_image_status(store: &SqlJobStore) -> Arc<dyn Participant> {
    Arc::new(UpdateImageStatus { store: Box::new(store.clone()) })
}
