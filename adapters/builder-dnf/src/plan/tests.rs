//! What becomes of whole kickstarts.

mod disks;
mod options;
mod refused;
mod repositories;
mod unheeded;

use imaging::testing::build_request;
use imaging::{Arch, BuildRequest, ImageType};

use super::*;

pub(crate) const BASE: &str = "repo --name=base --baseurl=http://repo.example/x\n%packages\nbash\n%end\n";

pub(crate) fn request(image_type: ImageType, kickstart: &str) -> BuildRequest {
    BuildRequest {
        arch: Arch::host().unwrap(),
        tokens: vec![("SIZE".into(), "100".into())],
        ..build_request(image_type, kickstart)
    }
}

fn raw(lines: &str) -> Result<Plan, String> {
    plan(&request(ImageType::Raw, &format!("{BASE}{lines}\n")))
}
