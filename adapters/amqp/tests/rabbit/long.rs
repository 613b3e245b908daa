//! Jobs that take longer than the broker has patience.

use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions};
use lapin::types::FieldTable;
use serde_json::json;

use crate::broker::Broker;
use crate::stage::{Engine, Instance, eventually, workitem};

/// The broker looks every second for consumers that hold a message longer than five.
const IMPATIENT: &str = "{consumer_timeout, 5000}, {channel_tick_interval, 1000}";

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_20_s_is_answered_once_by_a_broker_with_5_s_of_patience() {
    let broker = Broker::start("", IMPATIENT, None).await;
    let engine = Engine::at(&broker.url()).await;
    for queue in ["p", "replies", "naive", "q", "replies.q"] {
        engine.declare(queue).await;
    }
    let settings = broker.settings().consumer_timeout(Duration::from_secs(5));
    let instances = [(); 2].map(|()| Instance::start(settings.clone(), "p", "replies"));
    for number in 0..3 {
        engine
            .send("p", &workitem(number, &json!({ "ms": if number == 2 { 100 } else { 20_000 } })), "", false)
            .await;
    }
    engine.send("naive", b"{}", "", false).await;
    // it takes the broker for more patient than it is
    let mistaken = Instance::start(broker.settings(), "q", "replies.q");
    engine.send("q", &workitem(7, &json!({ "ms": 14_000 })), "", false).await;
    let said = || mistaken.rabbit.trouble().is_some_and(|trouble| trouble.contains("consumer_timeout"));
    let said = eventually("it says what is wrong", Duration::from_secs(20), said);
    let naive = async {
        let options = BasicConsumeOptions::default();
        let channel = engine.connection.create_channel().await.unwrap();
        let mut consumer =
            channel.basic_consume("naive".into(), "".into(), options, FieldTable::default()).await.unwrap();
        let held = consumer.next().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_secs(20)).await;
        held.acker.ack(BasicAckOptions::default()).await
    };

    let (answers, naive, _) = tokio::join!(engine.take("replies", 3, Duration::from_secs(25)), naive, said);

    let mut numbers: Vec<_> = answers.iter().map(|a| a["fields"]["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2]);
    assert!(engine.drain("replies", Duration::from_secs(1)).await.is_empty(), "each once");
    assert_eq!(instances.iter().map(|i| i.count("started", None)).sum::<usize>(), 3);
    assert!(!matches!(naive, Ok(true)), "the broker took it away from who holds it naively");
    assert!(instances.iter().all(|i| i.rabbit.trouble().is_none()));
    assert_eq!(engine.take("replies.q", 2, Duration::from_secs(1)).await.len(), 1, "all the same");
    assert_eq!(mistaken.count("started", None), 1);
    mistaken.end().await;
    for instance in instances {
        instance.end().await;
    }
    engine.comes_to(0, &["p", "p.work"]).await;
}
