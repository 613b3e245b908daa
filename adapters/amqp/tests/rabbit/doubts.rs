//! Cancels that do not say whom they mean, with somebody to ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use participant_core::{Fei, async_trait};
use serde_json::{Value, json};
use skynet_amqp::Viewer;

use crate::stage::{Engine, Instance, cancel, eventually, shared, shared_url, unique, workitem};

const SOON: Duration = Duration::from_secs(15);
/// Longer than anybody is asked after a cancel.
const ROUND: Duration = Duration::from_secs(8);

/// Knows all steps, except those it was told about; each with how often it was asked.
#[derive(Default)]
struct Known {
    otherwise: Mutex<HashMap<u32, Option<bool>>>,
    asked: Mutex<HashMap<u32, usize>>,
}

#[async_trait]
impl Viewer for Known {
    async fn waits_for(&self, step: &Fei) -> Option<bool> {
        let number = step.wfid.rsplit('-').next().unwrap().parse().unwrap();
        *self.asked.lock().unwrap().entry(number).or_default() += 1;
        self.otherwise.lock().unwrap().get(&number).copied().unwrap_or(Some(true))
    }
}

impl Known {
    fn say(&self, number: u32, answer: Option<bool>) {
        self.otherwise.lock().unwrap().insert(number, answer);
    }

    fn asked(&self, number: u32) -> usize {
        self.asked.lock().unwrap().get(&number).copied().unwrap_or(0)
    }
}

/// A queue, and instances of which each runs one job at a time.
struct Stage {
    engine: Engine,
    viewer: Arc<Known>,
    instances: Vec<Instance>,
    queue: String,
}

impl Stage {
    async fn with(instances: usize) -> Stage {
        let engine = Engine::at(&shared_url()).await;
        let (queue, replies) = (unique("p"), unique("replies"));
        engine.declare(&replies).await;
        engine.declare(&queue).await;
        let viewer = Arc::new(Known::default());
        let start = |_| Instance::start(shared().ask(viewer.clone()), &queue, &replies);
        let instances = (0..instances).map(start).collect();
        Stage { engine, viewer, instances, queue }
    }

    /// Starts a job that does not end.
    async fn send(&self, number: u32, fields: Value, correlation: &str) {
        let mut fields = fields;
        fields["ms"] = json!(120_000);
        self.engine.send(&self.queue, &workitem(number, &fields), correlation, false).await;
    }

    async fn run(&self, jobs: u32) {
        for number in 0..jobs {
            self.send(number, json!({}), "").await;
        }
        let all = jobs as usize;
        eventually("all run", SOON, || self.count("started", None) == all).await;
    }

    async fn cancel(&self, correlation: &str) {
        self.engine.send(&self.queue, &cancel(), correlation, false).await;
    }

    fn count(&self, what: &str, number: Option<u64>) -> usize {
        self.instances.iter().map(|instance| instance.count(what, number)).sum()
    }

    /// Waits until each of these jobs lasted long enough for the viewer to be believed.
    async fn last(&self, jobs: u32) {
        let asked = || (0..jobs).all(|number| self.viewer.asked(number) > 0);
        eventually("the viewer is asked about what lasts", SOON, asked).await;
    }

    async fn end(self) {
        for instance in self.instances {
            instance.end().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_without_correlation_id_stops_exactly_what_the_engine_does_not_wait_for() {
    let stage = Stage::with(3).await;
    stage.run(3).await;
    stage.last(3).await;
    for (waiting, number) in [(1, 10), (2, 11)] {
        stage.send(number, json!({}), "").await;
        // one after the other: instances that move them at the same time may do so in any order
        stage.engine.comes_to(waiting, &[&format!("{}.work", stage.queue)]).await;
    }

    for _ in 0..3 {
        stage.cancel("").await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.count("cancelled", None), 0, "the engine still has all steps");
    stage.viewer.say(1, Some(false));
    stage.viewer.say(10, Some(false));

    eventually("the job nobody waits for is cancelled", SOON, || stage.count("cancelled", Some(1)) == 1)
        .await;
    eventually("so is what waited", SOON, || stage.count("cancelled", Some(10)) == 1).await;
    eventually("the next one runs", SOON, || stage.count("started", Some(11)) == 1).await;
    tokio::time::sleep(ROUND).await;
    assert_eq!((stage.count("started", None), stage.count("cancelled", None)), (5, 2));
    let asked = stage.viewer.asked(0);
    assert!((6..=12).contains(&asked), "three cancels share two rounds: {asked}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_with_the_same_correlation_id_those_are_stopped_that_nobody_waits_for() {
    let stage = Stage::with(3).await;
    stage.run(1).await;
    stage.send(1, json!({}), "twins").await;
    stage.send(2, json!({}), "twins").await;
    eventually("all run", SOON, || stage.count("started", None) == 3).await;
    stage.last(3).await;
    stage.viewer.say(2, Some(false));

    stage.cancel("twins").await;

    eventually("one of the twins is cancelled", SOON, || stage.count("cancelled", Some(2)) == 1).await;
    stage.viewer.say(0, Some(false));
    stage.cancel("unknown").await;
    eventually("so is one no cancel names", SOON, || stage.count("cancelled", Some(0)) == 1).await;
    assert_eq!(stage.count("cancelled", None), 2);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_job_is_never_stopped_nor_asked_about() {
    let stage = Stage::with(3).await;
    stage.run(1).await;
    stage.send(1, json!({ "params": { "ref": "p", "forget": "false" } }), "").await;
    stage.send(2, json!({ "forget": true }), "").await;
    eventually("all run", SOON, || stage.count("started", None) == 3).await;
    stage.last(1).await;
    [1, 2].iter().for_each(|number| stage.viewer.say(*number, Some(false)));

    stage.cancel("").await;

    tokio::time::sleep(ROUND).await;
    assert_eq!(
        (stage.count("cancelled", None), [1, 2].map(|number| stage.viewer.asked(number))),
        (0, [0, 0])
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_that_cannot_say_or_knows_nothing_at_all_stops_nothing() {
    let stage = Stage::with(3).await;
    for number in 0..3 {
        stage.viewer.say(number, Some(false)); // it is that of another engine
    }
    stage.run(3).await;
    stage.last(3).await;
    stage.cancel("").await;
    tokio::time::sleep(ROUND).await;
    assert_eq!(stage.count("cancelled", None), 0);

    stage.viewer.say(0, Some(true)); // by and by it becomes the right one, and breaks
    stage.cancel("").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    for number in 0..3 {
        stage.viewer.say(number, None);
    }
    tokio::time::sleep(ROUND).await;
    assert_eq!(stage.count("cancelled", None), 0);
    stage.end().await;
}
