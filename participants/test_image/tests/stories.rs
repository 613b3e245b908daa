//! The stories of test_image; a new one of an image that passes is a folder in `cases`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use imaging::testing::CannedTester;
use imaging::{BaseUrl, TestEnd};
use participant_core::testing::{Memory, job, stories_come_true, workitem};
use participant_core::{ENGINE_QUEUE, Job, Participant, Stop, Workitem};
use serde_json::{Value, json};
use test_image::TestImage;

fn participant(tester: CannedTester) -> TestImage {
    TestImage { tester: Box::new(tester), base_url: BaseUrl::new("http://img.example/images") }
}

/// A folder of images with one that can be tested.
fn images() -> tempfile::TempDir {
    let images = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(images.path().join("web/i")).unwrap();
    std::fs::write(images.path().join("web/i/n.raw"), "disk").unwrap();
    images
}

#[tokio::test]
async fn stories() {
    let images = images();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    stories_come_true(&cases, &participant(CannedTester::Ends(images.path().into(), TestEnd::Passed))).await;
}

fn item() -> Workitem {
    let image =
        json!({ "image_id": "i", "image_type": "raw", "image_url": "http://img.example/images/web/i/n.raw" });
    workitem(&json!({ "image": image }))
}

/// The statuses that were pushed, each with the result its process has.
fn statuses(memory: &Memory) -> Vec<(String, Value)> {
    let launched = memory.drain(ENGINE_QUEUE);
    let read = launched.iter().map(|body| serde_json::from_slice::<Value>(body).unwrap());
    read.map(|launch| {
        let status = launch["definition"].as_str().unwrap().split('\'').nth(3).unwrap().to_owned();
        (status, launch["fields"]["image"]["test_result"].clone())
    })
    .collect()
}

async fn run(tester: CannedTester) -> (Value, Vec<(String, Value)>) {
    let (memory, item) = (Memory::default(), item());
    let answer = participant(tester).handle_wi(&item, &job(&memory).0).await;
    let reply: Value = serde_json::from_slice(&item.reply(&answer)).unwrap();
    (reply["fields"].clone(), statuses(&memory))
}

#[tokio::test]
async fn a_test_that_failed_is_a_step_that_was_done() {
    let images = images();
    let (fields, told) = run(CannedTester::Ends(images.path().into(), TestEnd::Failed)).await;
    assert_eq!((&fields["__result__"], &fields["image"]["test_result"]), (&json!(true), &json!("FAIL")));
    assert_eq!(
        (&fields["qa"]["results"]["result"], &fields["qa"]["results"]["failed"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(fields["msg"][0], "Image tested: 1 of 1 tests failed; canned: said");
    assert_eq!(told, [("DONE, TESTING".into(), Value::Null), ("DONE, TESTED".into(), json!("FAIL"))]);
}

#[tokio::test]
async fn without_a_test_the_job_is_what_it_was_and_the_process_knows_why() {
    for (tester, reason) in [
        (CannedTester::Fails("no script".into()), "the image is not tested: no script"),
        (CannedTester::Broken, "the image is not tested: cannot start the machine: no such program"),
    ] {
        let (fields, told) = run(tester).await;
        assert_eq!((&fields["__result__"], &fields["__error__"]), (&json!(false), &json!(reason)));
        assert_eq!(fields["image"]["test_result"], Value::Null);
        assert_eq!(told, [("DONE, TESTING".into(), Value::Null), ("DONE".into(), Value::Null)]);
    }
}

#[tokio::test]
async fn a_test_ends_early_when_its_job_does() {
    for (stop, told) in [(Stop::Person("ana".into()), 2), (Stop::Shutdown, 1)] {
        let (memory, item) = (Memory::default(), item());
        let (job, handle) = Job::new(item.attempt(), Arc::new(memory.clone()), Arc::new(()));
        let participant = participant(CannedTester::Waits);
        let (outcome, ()) = tokio::join!(participant.handle_wi(&item, &job), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            handle.stop(stop.clone());
        });
        assert!(!outcome.unwrap().is_done());
        assert_eq!(statuses(&memory).len(), told, "{stop}");
    }
}
