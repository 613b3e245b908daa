use std::path::Path;

use greet::Greet;
use participant_core::testing::stories_come_true;

#[tokio::test]
async fn stories() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    stories_come_true(&cases, &Greet).await;
}
