//! The stories of make_vdi; a new one that converts nothing is a folder in `cases`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use imaging::BaseUrl;
use imaging::testing::CannedConverter;
use make_vdi::MakeVdi;
use participant_core::testing::{Memory, job, stories_come_true, workitem};
use participant_core::{ENGINE_QUEUE, Job, Outcome, Participant, Stop, Workitem};
use serde_json::{Value, json};

fn participant(converter: CannedConverter) -> MakeVdi {
    MakeVdi { converter: Box::new(converter), base_url: BaseUrl::new("http://img.example/images") }
}

/// A folder of images with one raw disk.
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
    stories_come_true(&cases, &participant(CannedConverter::Makes(images.path().into()))).await;
}

fn item() -> Workitem {
    let image =
        json!({ "image_id": "i", "image_type": "raw", "image_url": "http://img.example/images/web/i/n.raw" });
    workitem(&json!({ "image": image }))
}

fn statuses(memory: &Memory) -> Vec<(String, Value)> {
    let launched = memory.drain(ENGINE_QUEUE);
    let read = launched.iter().map(|body| serde_json::from_slice::<Value>(body).unwrap());
    read.map(|launch| {
        let status = launch["definition"].as_str().unwrap().split('\'').nth(3).unwrap().to_owned();
        (status, launch["fields"]["image"]["image_url"].clone())
    })
    .collect()
}

async fn run(participant: &MakeVdi, item: &Workitem) -> (Outcome, Value, Vec<(String, Value)>) {
    let memory = Memory::default();
    let answer = participant.handle_wi(item, &job(&memory).0).await;
    let reply: Value = serde_json::from_slice(&item.reply(&answer)).unwrap();
    (answer.unwrap(), reply["fields"].clone(), statuses(&memory))
}

#[tokio::test]
async fn the_same_again_is_answered_again() {
    let images = images();
    let participant = participant(CannedConverter::Makes(images.path().into()));
    let first = run(&participant, &item()).await;
    let again = run(&participant, &item()).await;
    assert_eq!(first, again);
    assert!(first.0.is_done());
}

#[tokio::test]
async fn without_a_new_disk_the_job_is_what_it_was_and_the_process_knows_why() {
    for (converter, reason) in [
        (CannedConverter::Fails("no space".into()), "the image is not converted: no space"),
        (CannedConverter::Broken, "the image is not converted: cannot convert the disk: no such program"),
    ] {
        let (outcome, fields, told) = run(&participant(converter), &item()).await;
        assert!(!outcome.is_done());
        assert_eq!((&fields["__error__"], &fields["image"]["image_type"]), (&json!(reason), &json!("raw")));
        let raw = json!("http://img.example/images/web/i/n.raw");
        assert_eq!(told, [("DONE, making VDI".into(), raw.clone()), ("DONE".into(), raw)]);
    }
}

#[tokio::test]
async fn a_conversion_ends_early_when_its_job_does() {
    for (stop, reason, told) in [
        (Stop::Person("ana".into()), "the image is not converted: cancelled by ana", 2),
        (Stop::Shutdown, "", 1), // handed back: it comes again
    ] {
        let (memory, item) = (Memory::default(), item());
        let (job, handle) = Job::new(item.attempt(), Arc::new(memory.clone()), Arc::new(()));
        let participant = participant(CannedConverter::Waits);
        let (outcome, ()) = tokio::join!(participant.handle_wi(&item, &job), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            handle.stop(stop.clone());
        });
        let outcome = outcome.unwrap();
        assert!(!outcome.is_done());
        assert!(outcome.reason().unwrap().starts_with(reason), "{outcome:?}");
        assert_eq!(statuses(&memory).len(), told, "{stop}");
    }
}

#[tokio::test]
async fn a_workitem_that_names_no_job_is_converted_all_the_same() {
    let images = images();
    let image = json!({ "image_type": "raw", "image_url": "http://img.example/images/web/i/n.raw" });
    let item = workitem(&json!({ "image": image }));
    let (outcome, fields, told) =
        run(&participant(CannedConverter::Makes(images.path().into())), &item).await;
    assert!(outcome.is_done() && told.is_empty());
    assert_eq!(fields["vboxmanage"]["image_url"], "http://img.example/images/web/i/n.vdi");
}
