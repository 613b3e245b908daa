//! `request_image`.

use std::sync::Arc;

use anyhow::Result;
use config::Configuration;
use job_store_sql::SqlJobStore;
use participant_core::Participant;
use request_image::RequestImage;

use super::kind::Host;
use super::patient::Patient;
use crate::site::store;

/// Makes the participant; who asks, where the workitem does not say, is `username`.
pub(crate) fn request_image(store: &SqlJobStore, username: &str) -> Arc<dyn Participant> {
    let participant = RequestImage { store: Box::new(store.clone()), username: username.to_owned() };
    Arc::new(Patient(Arc::new(participant)))
}

/// Makes the participant from `[request_image]` and `[db]`.
pub(crate) async fn of_site(site: &mut Configuration, host: &Host) -> Result<Arc<dyn Participant>> {
    let username = site.text("request_image", "username").unwrap_or_else(|| host.user.clone());
    Ok(request_image(&store(site, &host.state).await?, &username))
}
