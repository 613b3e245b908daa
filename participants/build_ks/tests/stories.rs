//! The stories of build_ks; a new one is a folder in `cases`.

use std::path::Path;

#[tokio::test]
async fn stories_come_true() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    participant_core::testing::stories_come_true(&cases, &build_ks::BuildKs::default()).await;
}
