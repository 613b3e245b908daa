//! The stories of build_image; a new one is a folder in `cases`.

use std::path::Path;

use build_image::{BuildImage, Folders};
use imaging::testing::Canned;
use participant_core::testing::stories_come_true;

#[tokio::test]
async fn stories() {
    let images = tempfile::tempdir().unwrap();
    let folders = Folders {
        base_dir: images.path().into(),
        base_url: "http://img.example/images".into(),
        outdir_allowed: false,
    };
    let participant = BuildImage {
        builder: Box::new(Canned::Makes),
        folders,
        owner: "test".into(),
        fs_pack: None,
        options: Vec::new(),
        post_creation: None,
    };
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    stories_come_true(&cases, &participant).await;
}
