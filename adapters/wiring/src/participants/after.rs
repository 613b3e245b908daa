//! Those who do something with an image that is there, as one machine has them.

use anyhow::Result;
use config::Configuration;
use imaging::{BaseUrl, Repositories};

use super::kind::{Host, Kind};
use super::{incorporate_image, make_vdi, test_image, update_symlinks};
use crate::machine::Named;
use crate::state::State;

/// Makes those of whoever works at a terminal, whose images are in the state folder.
pub(crate) fn of_person(site: &Configuration, repositories: Repositories, state: &State) -> Vec<Named> {
    let (images, url) = (state.images(), BaseUrl::of_folder(&state.images()));
    vec![
        (
            Kind::IncorporateImage.name(),
            incorporate_image::of_images(images.clone(), url.clone(), repositories),
        ),
        (Kind::MakeVdi.name(), make_vdi::of_images(images.clone(), url.clone())),
        (Kind::TestImage.name(), test_image::of_images(site, images.clone(), url)),
        (Kind::UpdateSymlinks.name(), update_symlinks::of_images(site, &images, None)),
    ]
}

/// Makes those of a service, from its configuration.
pub(crate) fn of_site(site: &Configuration, repositories: Repositories, host: &Host) -> Result<Vec<Named>> {
    Ok(vec![
        (Kind::IncorporateImage.name(), incorporate_image::of_site(site, repositories, host)),
        (Kind::MakeVdi.name(), make_vdi::of_site(site, host)),
        (Kind::TestImage.name(), test_image::of_site(site, host)),
        (Kind::UpdateSymlinks.name(), update_symlinks::of_site(site, host)?),
    ])
}
