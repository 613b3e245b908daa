//! What every day is made of.

use std::time::Duration;

use lapin::options::{BasicGetOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};
use participant_core::{ENGINE_QUEUE, Launch, Launcher, Message, Transport};
use serde_json::{Value, json};
use skynet_amqp::AmqpTransport;

use crate::stage::{Engine, Instance, eventually, shared, shared_url, unique, workitem};

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_promises_of_every_transport() {
    let engine = Engine::at(&shared_url()).await;
    for queue in ["order", "again", "drop", "aside", "one", "other"] {
        for name in [format!("conformance.{queue}"), format!("conformance.{queue}.work")] {
            engine.channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
        }
        engine.declare(&format!("conformance.{queue}")).await;
    }
    participant_core::testing::transport_keeps_its_promises(&AmqpTransport::new(shared())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_workitem_is_answered_and_garbage_holds_nobody_up() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies, aside) = (unique("p"), unique("replies"), unique("aside"));
    for queue in [&queue, &replies] {
        engine.declare(queue).await;
    }
    let instance = Instance::start(shared().dead_letters(&aside), &queue, &replies);
    let garbage: [&[u8]; 6] = [b"", b"hello", b"{\"cut\":", b"[1]", b"{\"fei\":{}}", b"\xff\xfe\0"];
    for (number, garbage) in (0..).zip(garbage) {
        engine.send(&queue, garbage, "", false).await;
        engine.send(&queue, &workitem(number, &json!({})), "", false).await;
    }

    let answers = engine.take(&replies, 6, SOON).await;

    let mut numbers: Vec<_> =
        answers.iter().map(|answer| answer["fields"]["answer"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 2, 4, 6, 8, 10]);
    assert_eq!(engine.take(&aside, 6, SOON).await.len(), 6);
    instance.end().await;
    engine.comes_to(0, &[&queue, &format!("{queue}.work")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_or_a_panic_is_answered_in_the_form_every_engine_takes() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instance = Instance::start(shared(), &queue, &replies);
    engine.declare(&queue).await;
    for (number, ends, words) in [(1, "image.arch", "image.arch"), (2, "panic", "it was told to")] {
        let sent = workitem(number, &json!({ "ends": ends }));
        engine.send(&queue, &sent, "", false).await;
        let answers = engine.take(&replies, 1, SOON).await;
        let error = &answers[0]["error"];
        assert_eq!(error["class"], "RuntimeError");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
        assert!(error["trace"].as_array().unwrap().iter().all(serde_json::Value::is_string), "{error}");
        let sent: serde_json::Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!((&answers[0]["fei"], &answers[0]["fields"]), (&sent["fei"], &sent["fields"]));
    }
    engine.send(&queue, &workitem(3, &json!({})), "", false).await;
    assert_eq!(engine.take(&replies, 1, SOON).await[0]["fields"]["answer"], 6, "it goes on");
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_outlives_the_broker() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    engine.declare(&queue).await;
    let instance = Instance::start(shared(), &queue, &replies);
    engine.send(&queue, &workitem(1, &json!({})), "", false).await;

    engine.comes_to(1, &[&replies]).await;

    let no_ack = BasicGetOptions { no_ack: true };
    let reply = engine.channel.basic_get(replies.as_str().into(), no_ack).await.unwrap().unwrap();
    assert_eq!(*reply.delivery.properties.delivery_mode(), Some(2), "persistent");
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_jobs_run_as_may_wherever_they_wait() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    let work = format!("{queue}.work");
    for queue in [&queue, &work, &replies] {
        engine.declare(queue).await;
    }
    for number in 0..70 {
        let from = if number < 60 { &work } else { &queue };
        engine.send(from, &workitem(number, &json!({ "ms": 4000 })), "", true).await;
    }

    let instance = Instance::start_wide(50, shared(), &queue, &replies);

    // sooner than the first is done
    let took = eventually("50 run", SOON, || instance.count("started", None) >= 50).await;
    assert_eq!((instance.count("started", None), instance.count("done", None)), (50, 0), "after {took:?}");
    assert_eq!(engine.take(&replies, 70, SOON).await.len(), 70);
    instance.end().await;
    engine.comes_to(0, &[&queue, &work]).await;
}

/// A queue that takes one message and refuses more.
async fn declare_narrow(engine: &Engine, queue: &str) {
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(1));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    let durable = QueueDeclareOptions::durable();
    engine.channel.queue_declare(queue.into(), durable, arguments).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_the_broker_refuses_is_kept_until_it_takes_it() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    declare_narrow(&engine, &replies).await;
    let instance = Instance::start(shared(), &queue, &replies);
    engine.declare(&queue).await;
    for number in 0..5 {
        engine.send(&queue, &workitem(number, &json!({})), "", false).await;
    }
    eventually("all are done", SOON, || instance.count("done", None) == 5).await;
    let mut numbers = Vec::new();
    for _ in 0..5 {
        let answers = engine.take(&replies, 1, SOON * 2).await; // the pauses between tries grow
        numbers.push(answers[0]["fields"]["number"].as_u64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_dead_letter_queue_holds_nobody_up() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies, aside) = (unique("p"), unique("replies"), unique("aside"));
    engine.declare(&replies).await;
    declare_narrow(&engine, &aside).await;
    let instance = Instance::start(shared().dead_letters(&aside).read_ahead(10), &queue, &replies);
    engine.declare(&queue).await;
    for _ in 0..30 {
        engine.send(&queue, b"garbage", "", false).await;
    }
    engine.send(&queue, &workitem(1, &json!({})), "", false).await;
    assert_eq!(engine.take(&replies, 1, SOON).await.len(), 1);
    instance.end().await;
    assert_eq!((engine.depth(&queue).await, engine.depth(&aside).await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_no_queue_can_have_is_said() {
    let long = "q".repeat(300);
    let error = AmqpTransport::new(shared()).declare(&long).await.unwrap_err();
    assert!(error.source.to_string().contains("1 to 200 bytes, and this has 300"), "{}", error.source);
    let instance = Instance::start(shared().dead_letters(&long), &unique("p"), &unique("replies"));
    let said = || instance.rabbit.trouble().is_some_and(|trouble| trouble.contains("1 to 200 bytes"));
    eventually("it is said", SOON, said).await;
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_nobody_can_receive_is_an_error_that_names_the_queue() {
    let rabbit = AmqpTransport::new(shared());
    let engine = Engine::at(&shared_url()).await;
    let (there, missing) = (unique("there"), unique("missing"));
    engine.declare(&there).await;
    let message =
        |queue: &str| Message { queue: queue.into(), body: b"{}".into(), id: Some("x".repeat(300)) };
    // many under way at once: each has to hear of its own
    let sending = (0..200).map(|n| {
        let (rabbit, queue) = (rabbit.clone(), if n % 3 == 0 { missing.clone() } else { there.clone() });
        let message = message(&queue);
        tokio::spawn(async move { (n, rabbit.publish(&message).await) })
    });
    for sent in sending.collect::<Vec<_>>() {
        let (n, sent) = sent.await.unwrap();
        assert_eq!(sent.is_err(), n % 3 == 0, "message {n}");
        if let Err(error) = sent {
            assert_eq!(
                error.source.to_string(),
                format!("there is no queue `{missing}` in the virtual host `/img-test`")
            );
        }
    }
    assert_eq!(engine.depth(&there).await, 133);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_with_arguments_of_its_own_is_used_as_it_is() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(1000));
    let volatile = QueueDeclareOptions { auto_delete: true, ..Default::default() };
    engine.channel.queue_declare(queue.as_str().into(), volatile, arguments).await.unwrap();
    let instance = Instance::start(shared(), &queue, &replies);
    engine.send(&queue, &workitem(1, &json!({})), "", false).await;
    assert_eq!(engine.take(&replies, 1, SOON).await.len(), 1);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_is_said_and_made_again() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instance = Instance::start(shared(), &queue, &replies);
    for (number, deleted) in (0..).zip([queue.clone(), format!("{queue}.work"), queue.clone()]) {
        engine.declare(&queue).await;
        engine.send(&queue, &workitem(number, &json!({})), "", false).await;
        assert_eq!(engine.take(&replies, 1, SOON).await.len(), 1);
        let gone = engine.channel.queue_delete(deleted.as_str().into(), QueueDeleteOptions::default()).await;
        gone.unwrap();
        let said = || instance.rabbit.trouble().is_some_and(|trouble| trouble.contains(&deleted));
        eventually("it says what is missing", SOON, said).await;
        eventually("it is well again", SOON, || instance.rabbit.trouble().is_none()).await;
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_in_a_line() {
    let url = shared_url();
    let cases = [
        (url.replacen("://img:", "://img:x", 1), "does not accept the password of the user `img`"),
        (url.replace("%2Fimg-test", "nowhere"), "has no virtual host `nowhere`"),
        (
            format!("amqp://img:pw@127.0.0.1:{}/x", 1),
            "cannot connect to RabbitMQ at 127.0.0.1:1: Connection refused",
        ),
    ];
    for (url, words) in cases {
        let settings =
            skynet_amqp::Settings::from_url(&url).unwrap().publish_within(Duration::from_millis(500));
        let rabbit = AmqpTransport::new(settings);
        eventually(words, SOON, || rabbit.trouble().is_some()).await;
        let trouble = rabbit.trouble().unwrap();
        assert!(trouble.contains(words) && trouble.lines().count() == 1, "{trouble}");
        let message = Message { queue: "q".into(), body: vec![], id: None };
        let error = rabbit.publish(&message).await.unwrap_err();
        assert_eq!((error.to_string().as_str(), error.source.to_string()), ("cannot publish to q", trouble));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_is_with_the_engine_when_launch_returns() {
    let engine = Engine::at(&shared_url()).await;
    engine.declare(ENGINE_QUEUE).await;
    let rabbit = AmqpTransport::new(shared());
    let name = unique("w");
    let fields = serde_json::value::RawValue::from_string(r#"{"big":123456789012345678901}"#.into()).unwrap();
    let launch = Launch::new(format!("Ruote.process_definition '{name}' do\n  p\nend"), fields);

    rabbit.launch(&launch).await.unwrap();
    let refused = rabbit.launch(&Launch { definition: "create_image.pdef".into(), ..launch }).await;

    assert!(refused.is_err());
    let launched = engine.take(ENGINE_QUEUE, 1, SOON).await;
    assert_eq!(launched[0]["variables"], Value::Null);
    assert!(launched[0]["definition"].as_str().unwrap().contains(&name));
}
