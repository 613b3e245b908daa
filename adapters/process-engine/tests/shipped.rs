//! The definitions this project ships, from launch to end.

mod common;

use common::{Bench, take};
use process_engine::{Definition, State};
use serde_json::{Value, json};

const CREATE_IMAGE: &str = include_str!("../../../examples/processes/create_image.pdef");
const BUILD_AND_TEST: &str = include_str!("../../../examples/processes/build_and_test.pdef");

/// Plays a definition: every step with its answer; returns the fields at the end.
async fn play(definition: &str, steps: &[(&str, bool)]) -> Value {
    let bench = Bench::new().await;
    bench.launch("launch", definition, &json!({ "ev": { "id": "1" }, "image": { "name": "x" } })).await;
    for (number, (participant, result)) in steps.iter().enumerate() {
        let mut item: Value = serde_json::from_str(&take(&bench.memory, participant).await).unwrap();
        if *participant == "request_image" && *result {
            item["fields"]["image"]["image_id"] = json!("1-20261121-073938");
        } else if *participant != "request_image" {
            assert_eq!(item["fields"]["params"]["correlation_id"], json!("1-20261121-073938"));
        }
        if *participant == "update_image_status" {
            assert_eq!(item["fields"]["params"]["status"], json!("ERROR"));
        }
        item["fields"]["__result__"] = json!(result);
        bench.publish(&item.to_string(), &format!("reply {number}")).await;
    }
    let State::Ended { fields } = bench.ended("launch").await.state else { panic!("it ends") };
    for queue in ["request_image", "build_ks", "build_image", "test_image", "update_image_status"] {
        assert!(bench.memory.drain(queue).is_empty(), "{queue} is asked for nothing more");
    }
    serde_json::from_str(&fields).unwrap()
}

#[tokio::test]
async fn create_image_takes_the_branch_of_what_was_answered() {
    let (request, ks, image) = ("request_image", "build_ks", "build_image");
    for (steps, result) in [
        (&[(request, true), (ks, true), (image, true)][..], true),
        (&[(request, true), (ks, true), (image, false), ("update_image_status", true)], true),
        (&[(request, true), (ks, false), ("update_image_status", true)], true),
        (&[(request, false)], false),
    ] {
        assert_eq!(play(CREATE_IMAGE, steps).await["__result__"], json!(result), "{steps:?}");
    }
}

#[tokio::test]
async fn build_and_test_tests_an_image_that_is_there() {
    let (request, ks, image, test) = ("request_image", "build_ks", "build_image", "test_image");
    for (steps, result) in [
        (&[(request, true), (ks, true), (image, true), (test, true)][..], true),
        (&[(request, true), (ks, true), (image, true), (test, false)], false),
        (&[(request, true), (ks, true), (image, false), ("update_image_status", true)], true),
        (&[(request, true), (ks, false), ("update_image_status", true)], true),
        (&[(request, false)], false),
    ] {
        assert_eq!(play(BUILD_AND_TEST, steps).await["__result__"], json!(result), "{steps:?}");
    }
    assert_eq!(Definition::parse(BUILD_AND_TEST).unwrap().name(), Some("build_and_test"));
}

#[test]
fn create_image_is_not_called_like_a_participant() {
    let definition = Definition::parse(CREATE_IMAGE).unwrap();
    let participants: Vec<String> = definition.participants().into_iter().collect();
    assert_eq!(participants, ["build_image", "build_ks", "request_image", "update_image_status"]);
    assert_eq!(definition.name(), Some("create_image"));
}

/// What build_image launches, with the whole fields of the workitem it works on.
#[tokio::test]
async fn a_status_is_pushed_by_a_process_of_its_own() {
    let push =
        "Ruote.process_definition 'push_image_status' do update_image_status :status => 'BUILDING' end";
    let bench = Bench::new().await;
    let fields = json!({ "image": { "image_id": "1" }, "params": { "ref": "build_image" }, "dispatched_at": "before" });
    bench.launch("push", push, &fields).await;
    let item = take(&bench.memory, "update_image_status").await;
    let parsed: Value = serde_json::from_str(&item).unwrap();
    assert_eq!(parsed["fields"]["params"], json!({ "status": "BUILDING", "ref": "update_image_status" }));
    assert_eq!(parsed["fei"]["expid"], json!("0_0"));
    bench.publish(&item, "reply").await;
    let State::Ended { fields } = bench.ended("push").await.state else { panic!("it ends") };
    assert_eq!(fields, r#"{"image":{"image_id":"1"}}"#);
}
