//! `update_image_status`.

use std::sync::Arc;

use anyhow::Result;
use config::Configuration;
use job_store_sql::SqlJobStore;
use participant_core::Participant;
use update_image_status::UpdateImageStatus;

use super::kind::Host;
use super::patient::Patient;
use crate::site::store;

/// Makes the participant.
pub(crate) fn update_image_status(store: &SqlJobStore) -> Arc<dyn Participant> {
    Arc::new(Patient(Arc::new(UpdateImageStatus { store: Box::new(store.clone()) })))
}

/// Makes the participant from `[db]`.
pub(crate) async fn of_site(site: &mut Configuration, host: &Host) -> Result<Arc<dyn Participant>> {
    Ok(update_image_status(&store(site, &host.state).await?))
}
