//! Instances that die.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::json;
use skynet_amqp::Settings;

use crate::broker::spawn;
use crate::stage::{Engine, Instance, eventually, shared, shared_url, unique, workitem};

/// Says to this program, started by one of its tests, which queue to serve.
const SERVE: &str = "IMG_TEST_AMQP_SERVE";

/// Not a test by itself: what [`serve`] starts as a process.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_of_its_own() {
    let Ok(serve) = std::env::var(SERVE) else { return };
    let [url, consumer_timeout, queue, replies] = serve.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{SERVE} has four words")
    };
    let settings = Settings::from_url(url)
        .unwrap()
        .heartbeat(Duration::from_secs(2))
        .retry_at_most(Duration::from_secs(1))
        .consumer_timeout(Duration::from_millis(consumer_timeout.parse().unwrap()));
    let _instance = Instance::start(settings, queue, replies);
    std::future::pending().await
}

/// Serves a queue in a process that can be killed; what happens there is in the file `log`.
pub(crate) fn serve(url: &str, consumer_timeout: Duration, queue: &str, replies: &str, log: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "death::an_instance_of_its_own", "--nocapture"])
        .env(SERVE, format!("{url} {} {queue} {replies}", consumer_timeout.as_millis()));
    spawn(command, log)
}

/// Ends with the value.
pub(crate) struct Served(pub(crate) Child);

impl Served {
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_instance_takes_the_jobs_of_a_killed_one() {
    let engine = Engine::at(&shared_url()).await;
    let (queue, replies) = (unique("p"), unique("replies"));
    engine.declare(&queue).await;
    engine.declare(&replies).await;
    let folder = tempfile::tempdir().unwrap();
    // with a lease renewed every 200 ms the job is in the lease queue; with one of 10 minutes in the SkyNET queue
    for (number, consumer_timeout) in [(1, Duration::from_millis(600)), (2, Duration::from_secs(1800))] {
        let log = folder.path().join(number.to_string());
        let mut doomed = Served(serve(&shared_url(), consumer_timeout, &queue, &replies, &log));
        let ms = if number == 1 { 3000 } else { 1500 };
        engine.send(&queue, &workitem(number, &json!({ "ms": ms })), "", false).await;
        let started = || std::fs::read_to_string(&log).unwrap_or_default().contains("started");
        eventually("the job runs", Duration::from_secs(10), started).await;
        let other = Instance::start(shared(), &queue, &replies);
        tokio::time::sleep(Duration::from_millis(1000)).await;
        assert_eq!(other.count("started", None), 0, "one instance at a time");

        doomed.kill();

        let killed = Instant::now();
        eventually("the other one works", Duration::from_secs(10), || other.count("started", None) == 1)
            .await;
        println!("taken over {:?} after kill -9", killed.elapsed());
        assert_eq!(engine.take(&replies, 2, Duration::from_secs(5)).await.len(), 1);
        other.end().await;
    }
}
