//! `incorporate_image`.

use std::path::PathBuf;
use std::sync::Arc;

use config::Configuration;
use imaging::{BaseUrl, Repositories};
use incorporate_image::IncorporateImage;
use participant_core::Participant;

use super::kind::Host;
use super::make_vdi::images_of;

/// Makes the participant from `[worker]`, for images where they are made, and repositories.
pub(crate) fn of_site(site: &Configuration, repositories: Repositories, host: &Host) -> Arc<dyn Participant> {
    let (images, base_url) = images_of(site, "worker", host);
    of_images(images, base_url, repositories)
}

/// Makes the participant for the images below a folder.
pub(super) fn of_images(
    images: PathBuf,
    base_url: BaseUrl,
    repositories: Repositories,
) -> Arc<dyn Participant> {
    Arc::new(IncorporateImage { repositories, images, base_url })
}
