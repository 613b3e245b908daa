//! Brokers that go away while a job runs, and come back.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;

use crate::broker::Broker;
use crate::stage::{Engine, Instance, eventually, workitem};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_once_through_an_outage_and_its_reply_goes_out_after_it() {
    let mut broker = Broker::start("", "", None).await;
    let engine = Engine::at(&broker.url()).await;
    engine.declare("p").await;
    engine.declare("replies").await;
    let instance = Instance::start(broker.settings(), "p", "replies");
    for (number, signal) in (0..).zip([Signal::SIGTERM, Signal::SIGKILL, Signal::SIGSTOP]) {
        let first = number * 10;
        let engine = Engine::at(&broker.url()).await;
        // the first job ends during the outage, the second waits all the while, in our queue or in the engine's
        let persistent = number != 1;
        engine.send("p", &workitem(first, &json!({ "ms": 1500 })), "", persistent).await;
        engine.send("p", &workitem(first + 1, &json!({})), "", true).await;
        let started = || instance.count("started", Some(first.into())) == 1;
        eventually("the job runs", Duration::from_secs(10), started).await;

        let out = Instant::now();
        if signal == Signal::SIGSTOP {
            broker.signal(signal);
            tokio::time::sleep(Duration::from_secs(6)).await; // longer than two heartbeats
            assert!(instance.rabbit.trouble().is_some(), "it notices that the broker is silent");
            broker.signal(Signal::SIGCONT);
        } else {
            broker.end(signal);
            eventually("the job ends", Duration::from_secs(5), || {
                instance.count("done", Some(first.into())) == 1
            })
            .await;
            assert!(instance.rabbit.trouble().unwrap().contains("RabbitMQ at 127.0.0.1"));
            broker.start_again().await;
        }
        println!("{signal}: away for {:?}", out.elapsed());

        let engine = Engine::at(&broker.url()).await;
        let mut answers = Vec::new();
        while !(answers.contains(&first) && answers.contains(&(first + 1))) {
            let answer = engine.take("replies", 1, Duration::from_secs(15)).await;
            let number = answer.first().unwrap_or_else(|| panic!("{signal}: only {answers:?} answered"));
            answers.push(number["fields"]["number"].as_u64().unwrap().try_into().unwrap());
        }
        let more = engine.drain("replies", Duration::from_millis(500)).await.len() + answers.len() - 2;
        // what a hung broker had not read yet it reads later: such a reply goes out again
        assert!(more <= usize::from(signal == Signal::SIGSTOP), "{signal}: {more} answered again");
        assert_eq!(instance.count("started", Some(first.into())), 1, "{signal}: started once");
        engine.comes_to(0, &["p", "p.work"]).await;
    }
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_handed_back_is_there_again_though_the_broker_lost_its_workitem() {
    let mut broker = Broker::start("", "", None).await;
    let engine = Engine::at(&broker.url()).await;
    engine.declare("p").await;
    let instance = Instance::start(broker.settings(), "p", "replies");
    engine.send("p", &workitem(1, &json!({ "ms": 60_000 })), "", false).await;
    let started = || instance.count("started", None) == 1;
    eventually("the job runs", Duration::from_secs(10), started).await;
    broker.end(Signal::SIGKILL);
    broker.start_again().await;
    let engine = Engine::at(&broker.url()).await;
    assert_eq!(engine.depth("p").await, 0, "the broker keeps nothing transient");

    instance.end().await;

    engine.comes_to(1, &["p", "p.work"]).await;
}
