//! The engine beside others, and with messages that are not what they should be.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{Bench, answered, take};
use participant_core::testing::Memory;
use participant_core::{Intake, Message, Transport, TransportError, async_trait};
use process_engine::{Engine, State};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const TWO_STEPS: &str =
    "Ruote.process_definition 'two_steps' do\n  sequence do\n    one\n    two\n  end\nend";

#[tokio::test]
async fn messages_that_come_again_do_nothing_again() {
    let bench = Bench::new().await;
    bench.launch("launch", TWO_STEPS, &json!({ "n": 1 })).await;
    let first = take(&bench.memory, "one").await;
    bench.publish(&answered(&first, true), "reply").await;
    let second = take(&bench.memory, "two").await;

    for (number, body) in [&answered(&first, false), &answered(&first, true)].into_iter().enumerate() {
        bench.publish(body, &format!("late reply {number}")).await;
    }
    let mut error: Value = serde_json::from_str(&first).unwrap();
    error["error"] = json!("late");
    bench.publish(&error.to_string(), "late error").await;
    let mut stale: Value = serde_json::from_str(&second).unwrap();
    stale["fields"]["dispatched_at"] = json!("2026-11-21 07:39:38.980797 UTC");
    stale["fields"]["stale"] = json!(true);
    bench.publish(&stale.to_string(), "reply to another attempt").await;
    bench.publish(&answered(&second, true), "last reply").await;

    let State::Ended { fields } = bench.ended("launch").await.state else { panic!("it ends") };
    assert_eq!(fields, r#"{"__result__":true,"n":1}"#);
    assert!(bench.memory.drain("one").is_empty() && bench.memory.drain("two").is_empty());
    assert!(bench.memory.aside().is_empty());
}

#[tokio::test]
async fn a_reply_may_name_no_attempt() {
    let bench = Bench::new().await;
    bench.launch("launch", "Ruote.process_definition do one end", &json!({})).await;
    let item: Value = serde_json::from_str(&take(&bench.memory, "one").await).unwrap();
    assert_eq!((&item["wf_name"], &item["wf_revision"]), (&Value::Null, &Value::Null));
    bench.publish(&json!({ "fei": item["fei"], "fields": { "only": "this" } }).to_string(), "bare").await;
    let State::Ended { fields } = bench.ended("launch").await.state else { panic!("it ends") };
    assert_eq!(fields, r#"{"only":"this"}"#);
}

#[tokio::test]
async fn what_a_reply_brings_and_leaves_out_is_so_for_the_rest_of_the_process() {
    let bench = Bench::new().await;
    bench.launch("launch", TWO_STEPS, &json!({ "gone": 1 })).await;
    let item: Value = serde_json::from_str(&take(&bench.memory, "one").await).unwrap();
    let fei = &item["fei"];
    let reply = format!(
        r#"{{"own":{{"b":1.50,"a":18446744073709551616}},"wf_name":"RENAMED","fei":{fei},"fields":{{}},"x":null}}"#
    );
    bench.publish(&reply, "reply").await;
    let next = take(&bench.memory, "two").await;
    assert!(next.starts_with(
        r#"{"own":{"b":1.50,"a":18446744073709551616},"wf_name":"RENAMED","fei":{"engine_id":"engine","#
    ));
    let keys = r#""x":null,"sub_wf_name":"two_steps","sub_wf_revision":null,"participant_name":"two","re_dispatch_count":0}"#;
    assert!(next.ends_with(keys), "{next}");
}

#[tokio::test]
async fn an_error_stops_the_process_with_its_text() {
    for (error, text) in [
        (
            json!({ "class": "RuntimeError", "message": "no disk", "trace": [] }),
            "line 3: one failed: no disk",
        ),
        (json!("boom"), "line 3: one failed: boom"),
        (json!(["a", 1]), r#"line 3: one failed: ["a", 1]"#),
    ] {
        let bench = Bench::new().await;
        bench.launch("launch", TWO_STEPS, &json!({ "n": 1 })).await;
        let mut item: Value = serde_json::from_str(&take(&bench.memory, "one").await).unwrap();
        item["error"] = error;
        bench.publish(&item.to_string(), "error").await;
        let State::Failed { error, fields } = bench.ended("launch").await.state else { panic!("it fails") };
        assert_eq!(error, text.trim_start_matches("line 3: "));
        assert!(fields.contains(r#""n":1"#));
    }
}

#[tokio::test]
async fn a_launch_nobody_can_run_is_kept_with_the_sentence() {
    let bench = Bench::new().await;
    let iterator =
        "Ruote.process_definition 'x' do\n  sequence do\n    iterator :on => [1] do\n    end\n  end\nend";
    let sentence = "line 3: cannot run `iterator`: this engine runs sequence, cursor";
    for (number, (body, text)) in [
        (json!({ "definition": iterator, "fields": {} }), sentence),
        (json!({ "definition": ["define", {}, []], "fields": {} }), "the definition is no text"),
        (json!({ "definition": TWO_STEPS, "fields": [1] }), "the fields of the launch are no object"),
        (
            json!({ "definition": TWO_STEPS, "variables": { "one": "other" } }),
            "line 1: a variable `one` would make",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("launch {number}");
        bench.publish(&body.to_string(), &id).await;
        let State::Failed { error, .. } = bench.ended(&id).await.state else { panic!("it fails") };
        assert!(error.starts_with(text), "{error}");
    }
}

#[tokio::test]
async fn garbage_is_set_aside() {
    let bench = Bench::new().await;
    let garbage = ["", "{", "[]", "{}", r#"{"fei":"0!s!w","fields":{}}"#, r#"{"cancel":true,"fei":"x"}"#];
    for (number, body) in garbage.iter().enumerate() {
        bench.publish(body, &format!("garbage {number}")).await;
    }
    bench.launch("launch", "Ruote.process_definition do end", &json!({ "alive": true })).await;
    bench.ended("launch").await;
    assert_eq!(bench.memory.aside().len(), garbage.len());
}

#[tokio::test]
async fn engines_on_one_file_share_the_work() {
    let bench = Bench::idle().await;
    let (stop, mut serving) = (CancellationToken::new(), Vec::new());
    for _ in 0..3 {
        let engine = Engine::open(&bench.database()).await.unwrap();
        let (memory, stop) = (bench.memory.clone(), stop.clone());
        serving.push(tokio::spawn(async move { engine.serve(Arc::new(memory), stop).await }));
    }
    for queue in ["one", "two"] {
        let memory = bench.memory.clone();
        tokio::spawn(async move {
            loop {
                let item = take(&memory, queue).await;
                let body = answered(&item, true).into();
                memory.publish(&Message { queue: "ruote_workitems".into(), body, id: None }).await.unwrap();
            }
        });
    }
    for number in 0..30 {
        bench.launch(&format!("launch {number}"), TWO_STEPS, &json!({ "n": number })).await;
    }
    for number in 0..30 {
        let State::Ended { fields } = bench.ended(&format!("launch {number}")).await.state else {
            panic!("it ends")
        };
        assert_eq!(fields, format!(r#"{{"__result__":true,"n":{number}}}"#));
    }
    assert_eq!(bench.engine.processes(100).await.unwrap().len(), 30);
    stop.cancel();
    for serving in serving {
        serving.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn programs_can_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.db");
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { Engine::open(&path).await })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_process_can_be_looked_at_while_it_waits() {
    let bench = Bench::new().await;
    bench.launch("launch", TWO_STEPS, &json!({})).await;
    let item: Value = serde_json::from_str(&take(&bench.memory, "one").await).unwrap();
    let process = bench.engine.process("launch").await.unwrap().unwrap();
    assert_eq!(
        (process.name.as_str(), &process.state, process.waiting_for.clone()),
        ("two_steps", &State::Running, vec!["one".to_owned()])
    );
    assert_eq!(
        bench.engine.process_by_wfid(item["fei"]["wfid"].as_str().unwrap()).await.unwrap(),
        Some(process.clone())
    );
    assert_eq!(bench.engine.processes(5).await.unwrap(), [process]);
    assert_eq!(bench.engine.process("other").await.unwrap(), None);
}

/// A transport whose every second message is refused.
struct Flaky(Memory, std::sync::atomic::AtomicUsize);

#[async_trait]
impl Transport for Flaky {
    async fn take(&self, queue: &str) -> Result<Box<dyn Intake>, TransportError> {
        self.0.take(queue).await
    }

    async fn publish(&self, message: &Message) -> Result<(), TransportError> {
        match self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2 {
            0 => Err(TransportError::new("publish", "the disk is full")),
            _ => self.0.publish(message).await,
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_sent_later() {
    let bench = Bench::idle().await;
    bench.serve(Arc::new(Flaky(bench.memory.clone(), 0.into())));
    bench.launch("launch", TWO_STEPS, &json!({})).await;
    for queue in ["one", "two"] {
        let item = take(&bench.memory, queue).await;
        bench.publish(&answered(&item, true), &item).await;
    }
    assert!(bench.ended("launch").await.is_over());
}

#[tokio::test]
async fn definitions_that_never_wait_are_stopped() {
    let circles =
        "Ruote.process_definition do\n  cursor :rewind_if => 'true' do\n    set 'f:a' => 1\n  end\nend";
    let doubling = "Ruote.process_definition do\n  cursor :rewind_if => 'true' do\n    set 'f:a' => 'x${f:a}${f:a}'\n  end\nend";
    let bench = Bench::new().await;
    for (definition, text) in [(circles, "runs in circles"), (doubling, "have no end")] {
        bench.launch(text, definition, &json!({})).await;
        let State::Failed { error, .. } = bench.ended(text).await.state else { panic!("it fails") };
        assert!(error.contains(text), "{error}");
    }
}

#[tokio::test]
async fn ending_is_noticed_when_another_program_does_it() {
    let bench = Bench::new().await;
    let watcher = Engine::open(&bench.database()).await.unwrap();
    let watching = tokio::spawn(async move { watcher.ended("launch").await.unwrap() });
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.launch("launch", "Ruote.process_definition do end", &json!({})).await;
    assert!(watching.await.unwrap().is_over());
}

#[tokio::test]
async fn processes_that_are_long_over_are_forgotten() {
    let bench = Bench::new().await;
    for id in ["old", "new"] {
        bench.launch(id, "Ruote.process_definition do end", &json!({})).await;
        bench.ended(id).await;
    }
    bench.launch("runs", TWO_STEPS, &json!({})).await;
    take(&bench.memory, "one").await;
    let url = format!("sqlite:{}", bench.database().display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let past = "UPDATE engine_process SET launched_ms = 1, ended_ms = 1 + ended_ms - ended_ms WHERE launch_id <> 'new'";
    sqlx::query(past).execute(&pool).await.unwrap();
    pool.close().await;

    let engine = Engine::open(&bench.database()).await.unwrap();

    let left: Vec<String> =
        engine.processes(10).await.unwrap().into_iter().map(|process| process.launch_id).collect();
    assert_eq!(left, ["new", "runs"]);
}
