//! Who is cancelled, and who is not.

use std::time::Duration;

use serde_json::json;

use crate::stage::{Engine, Instance, cancel, eventually, shared, shared_url, unique, workitem};

const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_reaches_the_one_it_is_meant_for_wherever_it_runs_or_waits() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instances = [(); 3].map(|()| Instance::start(shared(), &queue, &replies));
    let count = |what: &str, number| instances.iter().map(|i| i.count(what, number)).sum::<usize>();
    eventually("the queue is there", SOON, || instances.iter().all(|i| i.rabbit.trouble().is_none())).await;
    engine.declare(&queue).await;
    for number in 0..3 {
        engine
            .send(&queue, &workitem(number, &json!({ "ms": 120_000 })), &format!("image-{number}"), false)
            .await;
    }
    eventually("three jobs run", SOON, || count("started", None) == 3).await;
    for number in 10..30 {
        let correlation = if number < 28 { format!("image-{number}") } else { "twins".into() };
        engine.send(&queue, &workitem(number, &json!({})), &correlation, false).await;
    }

    for nobody in ["twins", "unknown", ""] {
        engine.send(&queue, &cancel(), nobody, false).await;
    }
    engine.send(&queue, &cancel(), "image-15", false).await;
    let work = format!("{queue}.work");
    engine.comes_to(19, &[&queue, &work]).await;
    engine.send(&queue, &cancel(), "image-1", false).await;

    let took = eventually("the running job is cancelled", SOON, || count("cancelled", Some(1)) == 1).await;
    println!("cancelled a running job within {took:?}");
    let answers = engine.take(&replies, 19, SOON).await;
    let mut numbers: Vec<_> = answers.iter().map(|a| a["fields"]["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (10..30).filter(|number| *number != 15).collect::<Vec<_>>());
    assert_eq!((count("started", Some(15)), count("cancelled", None)), (0, 1));
    assert!(engine.drain(&replies, Duration::from_millis(300)).await.is_empty(), "a cancel is not answered");
    for instance in instances {
        instance.end().await;
    }
    engine.comes_to(2, &[&queue, &work]).await; // what was handed back
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_workitem_with_the_same_correlation_id_is_not_cancelled() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instance = Instance::start(shared(), &queue, &replies);
    engine.declare(&queue).await;
    engine.send(&queue, &workitem(1, &json!({ "ms": 60_000 })), "image", false).await;
    eventually("the job runs", SOON, || instance.count("started", Some(1)) == 1).await;
    engine.send(&queue, &cancel(), "image", false).await;
    eventually("the job is cancelled", SOON, || instance.count("cancelled", Some(1)) == 1).await;
    engine.send(&queue, &workitem(2, &json!({})), "image", false).await;
    assert_eq!(engine.take(&replies, 2, Duration::from_secs(2)).await.len(), 1);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancels_that_come_all_at_once_miss_nobody() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instances = [(); 3].map(|()| Instance::start(shared(), &queue, &replies));
    let count = |what: &str, number| instances.iter().map(|i| i.count(what, number)).sum::<usize>();
    engine.declare(&queue).await;
    for number in 0..60 {
        let item = workitem(number, &json!({ "ms": 120_000 }));
        engine.send(&queue, &item, &format!("image-{number}"), false).await;
    }
    eventually("three jobs run", SOON, || count("started", None) == 3).await;
    engine.comes_to(57, &[&format!("{queue}.work")]).await;
    let running: Vec<_> =
        (0..60_u32).filter(|number| count("started", Some((*number).into())) == 1).collect();

    // what waits first: a job that ends makes room for it
    for number in (0..60).filter(|number| !running.contains(number)) {
        engine.send(&queue, &cancel(), &format!("image-{number}"), false).await;
    }
    engine.comes_to(0, &[&queue, &format!("{queue}.work")]).await;
    for number in running {
        engine.send(&queue, &cancel(), &format!("image-{number}"), false).await;
    }

    eventually("the running jobs are cancelled", SOON, || count("cancelled", None) == 3).await;
    engine.comes_to(0, &[&queue, &format!("{queue}.work"), &replies]).await;
    assert_eq!(count("started", None), 3);
    for instance in instances {
        instance.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_cancelled_however_many_wait() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instance = Instance::start(shared().looks_through(5), &queue, &replies);
    engine.declare(&queue).await;
    engine.send(&queue, &workitem(0, &json!({ "ms": 120_000 })), "image-0", false).await;
    eventually("it runs", SOON, || instance.count("started", Some(0)) == 1).await;
    for number in 1..20 {
        let item = workitem(number, &json!({ "ms": 120_000 }));
        engine.send(&queue, &item, &format!("image-{number}"), false).await;
    }
    engine.comes_to(19, &[&format!("{queue}.work")]).await;

    engine.send(&queue, &cancel(), "image-0", false).await;

    eventually("it is cancelled", SOON, || instance.count("cancelled", Some(0)) == 1).await;
    instance.end().await;
}
