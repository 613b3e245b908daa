//! `make_vdi`.

use std::path::PathBuf;
use std::sync::Arc;

use config::Configuration;
use disk_converter::HostConverter;
use imaging::BaseUrl;
use make_vdi::MakeVdi;
use participant_core::Participant;

use super::images;
use super::kind::Host;

/// Makes the participant from `[make_vdi]`.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Arc<dyn Participant> {
    let (base_dir, base_url) = images_of(site, "make_vdi", host);
    of_images(base_dir, base_url)
}

/// Makes the participant for the images below a folder.
pub(super) fn of_images(base_dir: PathBuf, base_url: BaseUrl) -> Arc<dyn Participant> {
    Arc::new(MakeVdi { converter: Box::new(HostConverter::new(base_dir)), base_url })
}

/// Returns where a section says that images are, and how others reach them; by default that is where they are made.
pub(super) fn images_of(site: &Configuration, section: &str, host: &Host) -> (PathBuf, BaseUrl) {
    let own = |key| site.text(section, key);
    let base_dir = own("base_dir").map_or_else(|| images(site, host), PathBuf::from);
    let base_url = own("base_url").or_else(|| site.text("worker", "base_url"));
    let base_url = base_url.map_or_else(|| BaseUrl::of_folder(&base_dir), |url| BaseUrl::new(&url));
    (base_dir, base_url)
}
