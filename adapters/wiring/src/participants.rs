//! Configuration in, participant out: a file each.

mod build_image;
mod build_ks;
mod request_image;
mod update_image_status;

pub use self::build_image::{build_image, real_builder};
pub use self::build_ks::build_ks;
pub use self::request_image::request_image;
pub use self::update_image_status::update_image_status;
