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

#[tokio::test]
async fn everything_that_was_said_is_on_record() {
    let participant = participant(MemoryStore::default());
    let image = json!({
        "kickstart": "part /", "image_type": "raw", "arch": "x86_64", "name": "demo", "queue": "nightly",
        "emails": ["a@site.example", "b@site.example"], "tokenmap": "A:1", "extra_opts": ["-x"],
        "packages": ["vim", "-nano"], "groups": ["core"], "tags": "pinned, 1.0", "release": "1.0",
        "devicegroup": "handsets", "extra_repos": ["http://r/", { "name": "own", "url": "http://o/" }],
    });
    let item = workitem(&json!({ "ev": { "id": 7 }, "image": image }));

    let fields = answer(&participant, &item).await;

    assert_eq!(fields["image"]["prefix"], "nightly/ana");
    let id = ImageId::reduce(fields["image"]["image_id"].as_str().unwrap()).unwrap();
    let job = participant.store.job(&id).await.unwrap().unwrap();
    assert_eq!(job.asked.process, item.attempt().fei.wfid, "whom to ask when nothing is heard of it");
    assert_eq!(job.asked.email, "a@site.example,b@site.example");
    assert_eq!(job.asked.overlay, ["vim", "-nano", "@core"]);
    assert_eq!(serde_json::to_value(&job.asked.extra_repos).unwrap(), image["extra_repos"]);
    assert_eq!((job.asked.release.as_str(), job.asked.devicegroup.as_str()), ("1.0", "handsets"));
    assert!(job.is_pinned() && job.tags.len() == 2);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_refused_with_a_sentence() {
    let rows = [
        ("extra_repos", json!(7), "image.extra_repos should be a list of addresses"),
        ("packages", json!({ "a": 1 }), "image.packages should be a list"),
        ("tags", json!("x".repeat(61)), "should have 1 to 60 characters"),
        (
            "tags",
            json!((0..300).map(|number| number.to_string()).collect::<Vec<_>>()),
            "image.tags are 300: a job has at most 50",
        ),
        ("kickstart", json!("part /\u{0}"), "has a character with the number 0"),
    ];
    for (field, value, words) in rows {
        let mut image =
            json!({ "kickstart": "part /", "image_type": "raw", "arch": "x86_64", "name": "demo" });
        image[field] = value;
        let fields = answer(
            &participant(MemoryStore::default()),
            &workitem(&json!({ "ev": { "id": "e" }, "image": image })),
        )
        .await;
        assert_eq!(fields["__result__"], false, "{field}");
        assert!(fields["image"]["error"].as_str().unwrap().contains(words), "{words}: {fields}");
    }
}

#[tokio::test]
async fn two_requests_of_one_second_get_ids_of_their_own() {
    let participant = participant(MemoryStore::default());
    let mut ids = std::collections::BTreeSet::new();
    for number in 0..5 {
        let fields = answer(&participant, &ask(&json!({}), &number.to_string())).await;
        ids.insert(fields["image"]["image_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 5, "{ids:?}");
}
