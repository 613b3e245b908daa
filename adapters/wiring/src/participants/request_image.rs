//! `request_image` on one machine.

use std::sync::Arc;

use job_store_sql::SqlJobStore;
use participant_core::Participant;
use request_image::RequestImage;

/// Makes the participant; who asks is whoever runs this program.
pub(crate) fn request_image(store: &SqlJobStore, username: &str) -> Arc<dyn Participant> {
    Arc::new(RequestImage { store: Box::new(store.clone()), username: username.to_owned() })
}
