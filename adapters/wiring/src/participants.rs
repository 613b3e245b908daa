//! Configuration in, participant out: a file each.

pub(crate) mod after;
mod build_image;
mod build_ks;
mod choice;
mod incorporate_image;
mod kind;
mod make_vdi;
mod patient;
mod request_image;
mod stoppable;
mod test_image;
mod update_image_status;
mod update_symlinks;
mod vm;

use self::build_image::images;
pub use self::build_image::{Bounds, real_builder};
pub(crate) use self::build_image::{build_image, of_site as build_image_of_site, reach};
pub(crate) use self::build_ks::{build_ks, of_site as build_ks_of_site};
pub(crate) use self::choice::{
    OPTION as BUILDER_OPTION, PLACE as PLACE_OPTION, is_dnf_of_site, settings_of_machine as mic_of_machine,
    told_to_person as builder_told_to_person,
};
pub(crate) use self::kind::{Host, Kind, name_of_code};
pub(crate) use self::request_image::request_image;
pub(crate) use self::stoppable::Stoppable;
pub(crate) use self::update_image_status::update_image_status;
pub(crate) use self::vm::{Base, of_machine as vm_of_machine};
