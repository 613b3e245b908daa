//! What tests of builders are asked for.

use crate::{BuildRequest, ImageId, ImageName, ImageType};

/// Returns a request for an image `demo` for x86_64, into a folder `/x` that is not there; tests
/// say what else they need.
///
/// # Panics
/// Never: the words in it are right.
pub fn build_request(image_type: ImageType, kickstart: &str) -> BuildRequest {
    BuildRequest {
        image_id: ImageId::reduce("x").expect("an id"),
        name: ImageName::parse("demo").expect("a name"),
        image_type,
        arch: "x86_64".parse().expect("a processor"),
        kickstart: kickstart.to_owned(),
        added_lines: Vec::new(),
        tokens: Vec::new(),
        extra_opts: Vec::new(),
        folder: "/x".into(),
        log: "/x/log".into(),
        post_creation: None,
    }
}
