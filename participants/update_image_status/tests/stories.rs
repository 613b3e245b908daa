//! The stories of update_image_status; a new one on an empty store is a folder in `cases`.

use std::path::Path;

use imaging::testing::MemoryStore;
use imaging::{ImageId, ImageJob, NewJob, TestResult};
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

/// A job that went through these, each with the fields of an `image`.
async fn after(story: &[(&str, Value)]) -> ImageJob {
    let participant = UpdateImageStatus { store: Box::new(MemoryStore::default()) };
    let id = ImageId::reduce("j").unwrap();
    participant.store.record(&id, &NewJob::default(), 1).await.unwrap();
    for (status, image) in story {
        let mut image = image.clone();
        image["image_id"] = "j".into();
        image["attempt"] = json!({ "began": "1", "process": "w" });
        let item = workitem(&json!({ "image": image, "params": { "status": status }, "__error__": "boom" }));
        let answer = participant.handle_wi(&item, &job(&Memory::default()).0).await.unwrap();
        assert!(answer.is_done(), "{status}");
    }
    participant.store.job(&id).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_status_sets_what_belongs_to_it_and_nothing_else() {
    let image = json!({
        "files_url": "files", "image_url": "image", "logfile_url": "log", "test_result": "PASS", "test_results_url": "results",
    });
    let done = ("DONE", json!({ "files_url": "f0", "image_url": "i0", "logfile_url": "l0" }));
    // (status, files, image, log, error, result of the test, whether the build is over)
    let rows = [
        ("IN QUEUE", "", "", "", "", None, false), // it is so already, and nothing becomes so again
        ("BUILDING", "", "", "log", "", None, false),
        ("ERROR", "files", "", "log", "boom", None, true),
        ("DONE", "files", "image", "log", "", None, true),
        ("DONE, TESTING", "f0", "i0", "l0", "", None, true),
        ("DONE, TESTED", "f0", "i0", "l0", "", Some(TestResult::Pass), true),
        ("DONE, making VDI", "f0", "i0", "l0", "", None, true),
        ("DONE, Converted to VDI", "files", "image", "log", "", None, true),
        ("DONE, Signed", "files", "image", "log", "", None, true),
    ];
    for (status, files, image_url, log, error, result, over) in rows {
        let news = (status, image.clone());
        let story = if status.starts_with("DONE,") { vec![done.clone(), news] } else { vec![news] };
        let job = after(&story).await;
        assert_eq!(job.status.as_str(), status);
        let urls =
            [job.files_url.as_str(), job.image_url.as_str(), job.logfile_url.as_str(), job.error.as_str()];
        assert_eq!(urls, [files, image_url, log, error], "{status}");
        assert_eq!((job.test_result, job.done_ms.is_some()), (result, over), "{status}");
        assert_eq!(job.test_results_url, if result.is_some() { "results" } else { "" });
    }
}

#[tokio::test]
async fn a_test_says_how_it_ended_in_one_of_the_forms_there_are() {
    for (form, expected) in [
        (json!("FAIL"), Some(TestResult::Fail)),
        (json!("pass"), Some(TestResult::Pass)),
        (json!(false), Some(TestResult::Fail)),
        (json!(true), Some(TestResult::Pass)),
        (json!(null), None),
    ] {
        let job = after(&[("DONE", json!({})), ("DONE, TESTED", json!({ "test_result": form }))]).await;
        assert_eq!(job.test_result, expected, "{form}");
    }
    let participant = UpdateImageStatus { store: Box::new(MemoryStore::default()) };
    let fields = json!({ "image": { "image_id": "j", "test_result": "maybe" }, "params": { "status": "DONE, TESTED" } });
    let item = workitem(&fields);
    let answer = participant.handle_wi(&item, &job(&Memory::default()).0).await;
    let reply: Value = serde_json::from_slice(&item.reply(&answer)).unwrap();
    assert_eq!(reply["fields"]["msg"][0], "no test result `maybe`; there are PASS and FAIL");
}
