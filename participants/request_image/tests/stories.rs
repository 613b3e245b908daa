//! The stories of request_image; a new one whose answer knows no clock is a folder in `cases`.

use std::path::Path;

use imaging::testing::MemoryStore;
use imaging::{ImageId, JobAttempt, JobStatus, Push, now_ms};
use participant_core::testing::{Memory, job, stories_come_true, workitem};
use participant_core::{Participant, Workitem};
use request_image::RequestImage;
use serde_json::{Value, json};

fn participant(store: MemoryStore) -> RequestImage {
    RequestImage { store: Box::new(store), username: "ana".into() }
}

fn ask(params: &Value, dispatched_at: &str) -> Workitem {
    let image = json!({ "kickstart": "part /", "image_type": "raw", "arch": "x86_64", "name": "demo" });
    workitem(
        &json!({ "ev": { "id": "ev:7" }, "image": image, "params": params, "dispatched_at": dispatched_at }),
    )
}

async fn answer(participant: &RequestImage, item: &Workitem) -> Value {
    let memory = Memory::default();
    let answer = participant.handle_wi(item, &job(&memory).0).await;
    serde_json::from_slice::<Value>(&item.reply(&answer)).unwrap()["fields"].clone()
}

#[tokio::test]
async fn stories() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    stories_come_true(&cases, &participant(MemoryStore::default())).await;
}

#[tokio::test]
async fn the_same_attempt_gets_the_same_job_and_another_one_a_new_job() {
    let participant = participant(MemoryStore::default());
    let first = answer(&participant, &ask(&json!({}), "1")).await;
    let id = first["image"]["image_id"].as_str().unwrap().to_owned();
    assert_eq!(first["image"]["prefix"], "requests/ana");
    assert_eq!(id.len(), "ev7-YYYYMMDD-HHMMSS".len());
    assert!(id.starts_with("ev7-2"), "{id}");

    assert_eq!(answer(&participant, &ask(&json!({}), "1")).await["image"]["image_id"], *id);
    let other = answer(&participant, &ask(&json!({}), "2")).await;
    assert_ne!(other["image"]["image_id"], *id);
    assert_eq!(other["__result__"], true);
}

#[tokio::test]
async fn a_finished_job_answers_when_it_may() {
    let wanted = participant(MemoryStore::default());
    let made = answer(&wanted, &ask(&json!({}), "1")).await;
    let id = ImageId::reduce(made["image"]["image_id"].as_str().unwrap()).unwrap();
    let mut push = Push::new(JobStatus::Done, JobAttempt::default());
    push.image_url = Some("http://img/demo.raw".into());
    let three_days_ago = now_ms() - 3 * 86_400_000;
    wanted.store.push(&id, &push, three_days_ago).await.unwrap();

    for (params, reused) in [
        (json!({ "action": "get_or_create" }), true),
        (json!({ "action": "get_or_create", "max_age": 4 }), true),
        (json!({ "action": "get_or_create", "max_age": "2" }), false),
        (json!({}), false),
    ] {
        let answer = answer(&wanted, &ask(&params, &params.to_string())).await;
        assert_eq!(answer["image"]["image_id"] == *id.as_str(), reused, "{params}");
        assert_eq!(answer["image"]["image_url"] == "http://img/demo.raw", reused, "{params}");
    }
}
