//! A connection whose other end is gone without a word: no packet comes, nothing is closed.

use std::time::Duration;

use serde_json::json;

use crate::cable::{Cable, Cut};
use crate::stage::{Engine, Instance, eventually, shared_url, unique, workitem};

const SOON: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_given_up_and_the_job_answered_on_another() {
    let url = shared_url();
    let broker = url.rsplit('@').next().unwrap().split('/').next().unwrap().to_owned();
    let cable = Cable::to(broker.clone()).await;
    let settings =
        skynet_amqp::Settings::from_url(&url.replace(&broker, &cable.address.to_string())).unwrap();
    let settings = settings.heartbeat(Duration::from_secs(1)).retry_at_most(Duration::from_secs(1));
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&replies).await;
    let instance = Instance::start(settings, &queue, &replies);
    engine.declare(&queue).await;
    engine.send(&queue, &workitem(1, &json!({ "ms": 6000 })), "", false).await;
    eventually("the job runs", SOON, || instance.count("started", Some(1)) == 1).await;

    cable.cut(Cut::Silent);

    let noticed = eventually("it is noticed", SOON, || instance.rabbit.trouble().is_some()).await;
    println!("noticed after {noticed:?}");
    eventually("it is connected again", SOON, || instance.rabbit.trouble().is_none()).await;
    let answers = engine.take(&replies, 1, SOON).await;
    assert_eq!(answers.len(), 1, "the job is answered");
    assert_eq!(answers[0]["fields"]["answer"], 2);
    assert_eq!(engine.drain(&replies, Duration::from_secs(3)).await.len(), 0, "and not again");
    assert_eq!(instance.count("started", Some(1)), 1, "it was not started twice");
    engine.comes_to(0, &[&queue, &format!("{queue}.work")]).await;
    instance.end().await;
}
