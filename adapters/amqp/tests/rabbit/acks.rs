//! What is acked, and what is not, when much is settled at once.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use participant_core::{Transport, Workitem};
use serde_json::json;
use skynet_amqp::{AmqpTransport, Settings};

use crate::cable::{Cable, Cut};
use crate::stage::{Engine, Instance, eventually, shared, shared_url, unique, workitem};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handed_back_among_many_acks_comes_again() {
    let engine = Engine::at(&shared_url()).await;
    let queue = unique("p");
    engine.declare(&queue).await;
    let many = 6000;
    for number in 0..many {
        engine.send(&queue, &workitem(number, &json!({})), "", true).await;
    }
    let rabbit = AmqpTransport::new(shared());
    let mut intake = rabbit.take(&queue).await.unwrap();
    let (mut handed_back, mut acked) = (HashSet::new(), HashSet::new());
    while let Ok(delivery) = tokio::time::timeout(Duration::from_secs(4), intake.next()).await {
        let delivery = delivery.unwrap();
        let number: u64 = Workitem::parse(&delivery.body).unwrap().read("number").unwrap();
        if number % 4 == 1 && handed_back.insert(number) {
            tokio::spawn(delivery.hand_back());
        } else {
            acked.insert(number);
            tokio::spawn(delivery.ack());
        }
        assert_eq!(rabbit.trouble(), None);
    }
    intake.close().await;
    assert_eq!((handed_back.len(), acked.len()), (many as usize / 4, many as usize));
    engine.comes_to(0, &[&queue, &format!("{queue}.work")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_no_answered_workitem_at_the_broker() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    let work = format!("{queue}.work");
    for queue in [&queue, &work, &replies] {
        engine.declare(queue).await;
    }
    let many = 3000;
    for number in 0..many {
        let ms = [0, 1, 3, 10, 15, 40][number as usize % 6];
        engine.send(&work, &workitem(number, &json!({ "ms": ms })), "", true).await;
    }
    let mut answers = BTreeMap::<u64, u32>::new();
    for round in 0..600 {
        // a busy machine needs more of them
        let (queue, replies_to) = (queue.clone(), replies.clone());
        // as a program does: nothing goes on when the participant has ended
        let program = move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let instance = Instance::start_wide(50, shared(), &queue, &replies_to);
                tokio::time::sleep(Duration::from_millis(300 + round * 37 % 200)).await;
                instance.end().await;
            });
            runtime.shutdown_background();
        };
        tokio::task::spawn_blocking(program).await.unwrap();
        for answer in engine.drain(&replies, Duration::from_millis(30)).await {
            *answers.entry(answer["fields"]["number"].as_u64().unwrap()).or_default() += 1;
        }
        if answers.len() == many as usize {
            break;
        }
    }
    let twice: Vec<_> = answers.iter().filter(|(_, times)| **times > 1).collect();
    assert_eq!((answers.len(), twice), (many as usize, vec![]));
    engine.comes_to(0, &[&queue, &work]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leased_job_handed_back_without_its_connection_is_there_once() {
    let engine = Engine::at(&shared_url()).await;
    let url: Vec<_> = shared_url().splitn(2, '@').map(ToOwned::to_owned).collect();
    let (address, vhost) = url[1].split_once('/').unwrap();
    let cable = Cable::to(address.to_owned()).await;
    let settings = Settings::from_url(&format!("{}@{}/{vhost}", url[0], cable.address))
        .unwrap()
        .retry_at_most(Duration::from_secs(1))
        .consumer_timeout(Duration::from_millis(1500));
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&queue).await;
    let instance = Instance::start(settings, &queue, &replies);
    engine.send(&queue, &workitem(1, &json!({ "ms": 60_000 })), "", false).await;
    let started = || instance.count("started", None) == 1;
    eventually("the job runs", Duration::from_secs(10), started).await;
    tokio::time::sleep(Duration::from_secs(2)).await; // it has a copy by now
    cable.cut(Cut::Closed);
    tokio::time::sleep(Duration::from_millis(20)).await;

    instance.end().await;

    tokio::time::sleep(Duration::from_secs(4)).await; // longer than a copy waits for its instance
    engine.comes_to(1, &[&queue, &format!("{queue}.work")]).await;
}
