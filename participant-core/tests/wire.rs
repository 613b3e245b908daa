//! Workitems of a real engine, and what goes back.

use participant_core::{Failure, Malformed, Outcome, Workitem};
use serde_json::{Value, json};

const RECORDED: [&str; 4] =
    ["b2_workitem", "c2_next_workitem_after_reply", "h_numbers_workitem", "h_unicode_workitem"];

fn recorded(name: &str) -> String {
    let path = format!("{}/tests/recorded/{name}.raw", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn reply(item: &str, answer: &Result<Outcome, Failure>) -> String {
    String::from_utf8(Workitem::parse(item.as_bytes()).unwrap().reply(answer)).unwrap()
}

#[test]
fn a_reply_differs_from_the_workitem_in_nothing_but_the_result() {
    for name in RECORDED {
        let item = recorded(name);
        let expected = item.replacen(r#"UTC"},"wf_name""#, r#"UTC","__result__":true},"wf_name""#, 1);
        assert_ne!(expected, item, "{name} has no end of fields where this test looks for it");
        assert_eq!(reply(&item, &Ok(Outcome::done())), expected, "{name}");
    }
}

#[test]
fn setting_a_field_leaves_its_neighbours_as_they_were_written() {
    let item = r#"{"z":1.0e+20,"fields":{"image":{"b":18446744073709551616,"a":{"x":1.50}},"n":-0.0},"fei":{"wfid":"w"},"\u0041":"\/"}"#;
    let outcome = Outcome::refuse().set("image.a.y", "new").set("image.c", 2).because("no");
    assert_eq!(
        reply(item, &Ok(outcome)),
        r#"{"z":1.0e+20,"fields":{"image":{"b":18446744073709551616,"a":{"x":1.50,"y":"new"},"c":2},"n":-0.0,"msg":["no"],"__error__":"no","__result__":false},"fei":{"wfid":"w"},"A":"\/"}"#
    );
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts() {
    let item = r#"{"fei":"no","fields":{"a":1},"fei":{"wfid":"w"},"fields":{"a":2,"a":3}}"#;
    assert_eq!(Workitem::parse(item.as_bytes()).unwrap().fei().wfid, "w");
    assert_eq!(
        reply(item, &Ok(Outcome::done().set("a", 4))),
        r#"{"fei":"no","fields":{"a":1},"fei":{"wfid":"w"},"fields":{"a":2,"a":4,"__result__":true}}"#
    );
}

#[test]
fn edits_do_what_they_say() {
    let rows = [
        (Outcome::done().set("a.b", 1), json!({ "a": { "b": 1 } })),
        (Outcome::done().set("t.b", 1), json!({ "t": { "b": 1 } })), // t was a text
        (Outcome::done().message("1").message("2"), json!({ "msg": ["1", "2"] })),
        (Outcome::done().copy("l", "a.l").copy("nothing", "b"), json!({ "a": { "l": ["x"] } })),
        (Outcome::done().remove("t").remove("n.n"), json!({ "t": null })),
        (Outcome::done().set("msg", "text").message("1"), json!({ "msg": ["text", "1"] })),
    ];
    for (outcome, changed) in rows {
        let mut expected = json!({ "t": "text", "l": ["x"], "__result__": true });
        for (key, value) in changed.as_object().unwrap() {
            match value {
                Value::Null => drop(expected.as_object_mut().unwrap().remove(key)),
                value => expected[key] = value.clone(),
            }
        }
        let item = r#"{"fei":{},"fields":{"t":"text","l":["x"]}}"#;
        let sent: Value = serde_json::from_str(&reply(item, &Ok(outcome.clone()))).unwrap();
        assert_eq!(sent["fields"], expected, "{outcome:?}");
    }
}

#[test]
fn a_failure_has_the_one_form_every_engine_can_take() {
    let failure = Failure::outside("read the job store", std::io::Error::other("disk gone"));
    let sent: Value = serde_json::from_str(&reply(&recorded("b2_workitem"), &Err(failure))).unwrap();
    assert_eq!(
        sent["error"],
        json!({
            "class": "RuntimeError",
            "message": "cannot read the job store: disk gone",
            "trace": ["cannot read the job store", "disk gone"],
        })
    );
    assert!(sent["fields"].get("__result__").is_none());
}

#[test]
fn what_is_no_workitem_is_told_apart() {
    let rows = [
        ("", "message is not a JSON object"),
        ("[]", "message is not a JSON object"),
        ("\u{feff}{}", "message is not a JSON object"),
        ("{} trailing", "message is not a JSON object"),
        ("{}", "message has no object `fei`"),
        (r#"{"fei":"0!x!y","fields":{}}"#, "message has no object `fei`"),
        (r#"{"fei":{},"fields":[]}"#, "message has no object `fields`"),
        (&recorded("e_k10_cancel_message"), "message has no object `fei`"),
    ];
    for (body, said) in rows {
        let error: Malformed = Workitem::parse(body.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), said, "{body}");
    }
    assert!(Workitem::parse(b"{\"fei\":{},\"fields\":{\"a\":\"\xff\"}}").is_err(), "not UTF-8");
}

#[test]
fn a_workitem_nested_deeper_than_the_stack_is_no_danger() {
    let deep = format!(r#"{{"fei":{{}},"fields":{{"a":{}1{}}}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let item = Workitem::parse(deep.as_bytes()).unwrap();
    assert_eq!(item.field("a"), None);
    assert!(item.reply(&Ok(Outcome::done())).len() > deep.len());
}

#[test]
fn an_attempt_is_the_step_and_the_time_it_was_sent() {
    let item = Workitem::parse(recorded("b2_workitem").as_bytes()).unwrap();
    assert_eq!(
        item.attempt().to_string(),
        "0_0_0!c1eb469b37df660ece23920ffb5586b3!20261121-0739-deshiyodo-godemora@2026-11-21 07:39:38.980797 UTC"
    );
    assert_eq!(item.participant_name().as_deref(), Some("p1"));
    assert_eq!(item.param("status"), Some(json!("DONE")));
    assert_eq!(item.text("image.name").as_deref(), Some("héllo-😀"));
}

#[test]
fn forget_is_true_in_rubys_sense() {
    for (forget, forgotten) in
        [("true", true), ("\"false\"", true), ("0", true), ("false", false), ("null", false)]
    {
        let item = format!(r#"{{"fei":{{}},"fields":{{"params":{{"forget":{forget}}}}}}}"#);
        assert_eq!(Workitem::parse(item.as_bytes()).unwrap().is_forgotten(), forgotten, "{forget}");
    }
    assert!(!Workitem::parse(br#"{"fei":{},"fields":{}}"#).unwrap().is_forgotten());
}

#[test]
fn what_a_participant_cannot_do_without_is_named_all_at_once() {
    let fields = json!({ "image": { "name": "n", "arch": "", "image_id": 7 } });
    let item = participant_core::testing::workitem(&fields);
    assert_eq!(item.mandatory(["image.name"]), Ok(["n".to_owned()]));
    let refused = item.mandatory(["image.name", "image.arch", "image.image_id", "ev.id"]).unwrap_err();
    assert_eq!(refused, "Missing mandatory fields: image.arch,image.image_id,ev.id");
}
