//! What becomes of whole kickstarts.

mod disks;
mod options;
mod refused;
mod repositories;
mod unheeded;

use imaging::{Arch, BuildRequest, ImageId, ImageName, ImageType};

use super::*;

pub(crate) const BASE: &str = "repo --name=base --baseurl=http://repo.example/x\n%packages\nbash\n%end\n";

pub(crate) fn request(image_type: ImageType, kickstart: &str) -> BuildRequest {
    BuildRequest {
        image_id: ImageId::reduce("x").unwrap(),
        name: ImageName::parse("demo").unwrap(),
        image_type,
        arch: Arch::host().unwrap(),
        kickstart: kickstart.into(),
        added_lines: Vec::new(),
        tokens: vec![("SIZE".into(), "100".into())],
        extra_opts: vec![],
        post_creation: None,
        folder: "/x".into(),
        log: "/x/log".into(),
    }
}

fn raw(lines: &str) -> Result<Plan, String> {
    plan(&request(ImageType::Raw, &format!("{BASE}{lines}\n")))
}
