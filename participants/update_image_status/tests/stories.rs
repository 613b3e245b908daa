//! The stories of update_image_status; a new one on an empty store is a folder in `cases`.

use std::path::Path;

use imaging::testing::MemoryStore;
use imaging::{ImageId, NewJob};
use participant_core::Participant;
use participant_core::testing::{Memory, job, stories_come_true, workitem};
use serde_json::{Value, json};
use update_image_status::UpdateImageStatus;

#[tokio::test]
async fn stories() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    stories_come_true(&cases, &UpdateImageStatus { store: Box::new(MemoryStore::default()) }).await;
}

#[tokio::test]
async fn a_job_ends_with_the_reason_in_either_form_there_is() {
    let rows = [
        (json!("no space"), json!("older"), "no space"),
        (json!({ "class": "RuntimeError", "message": "boom" }), json!(null), "boom"), // the engine's own
        (json!(null), json!("from the image"), "from the image"),
        (json!(null), json!(null), "no reason was given"),
    ];
    for (error, image_error, reason) in rows {
        let participant = UpdateImageStatus { store: Box::new(MemoryStore::default()) };
        let id = ImageId::reduce("j").unwrap();
        participant.store.record(&id, &NewJob::default(), 1).await.unwrap();
        let image = json!({ "image_id": "j", "files_url": "http://img/j/", "error": image_error });
        let item = workitem(&json!({ "image": image, "__error__": error, "params": { "status": "ERROR" } }));

        let answer = participant.handle_wi(&item, &job(&Memory::default()).0).await.unwrap();

        assert!(answer.is_done());
        let job = participant.store.job(&id).await.unwrap().unwrap();
        assert_eq!((job.error.as_str(), job.files_url.as_str()), (reason, "http://img/j/"));
    }
}

#[tokio::test]
async fn news_of_an_older_try_are_heard_and_change_nothing() {
    let participant = UpdateImageStatus { store: Box::new(MemoryStore::default()) };
    let id = ImageId::reduce("j").unwrap();
    participant.store.record(&id, &NewJob::default(), 1).await.unwrap();
    let push = |status: &str, began: &str| {
        let attempt = json!({ "began": began, "process": "w" });
        workitem(&json!({ "image": { "image_id": "j", "attempt": attempt }, "params": { "status": status } }))
    };
    let story: [(&str, &str, &str); 4] = [
        ("BUILDING", "2", "BUILDING"),
        ("ERROR", "1", "BUILDING"),
        ("DONE", "2", "DONE"),
        ("BUILDING", "2", "DONE"),
    ];
    for (status, began, after) in story {
        let item = push(status, began);
        let answer = participant.handle_wi(&item, &job(&Memory::default()).0).await;
        let reply: Value = serde_json::from_slice(&item.reply(&answer)).unwrap();
        assert_eq!(reply["fields"]["__result__"], true);
        assert_eq!(
            participant.store.job(&id).await.unwrap().unwrap().status.as_str(),
            after,
            "{status} {began}"
        );
    }
}
