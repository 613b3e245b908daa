//! What a task started ends with it.

use std::time::{Duration, Instant};

use child::Status;
use tokio_util::sync::CancellationToken;

use crate::Scene;

/// Counts processes of the host with this in their command line.
fn alive(mark: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|entry| {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            // The test's own processes have the mark in the script; only the sleeper has it as a whole argument.
            line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes())
        })
        .count()
}

async fn gone(mark: &str) {
    let start = Instant::now();
    while alive(mark) > 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "{mark} is still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn daemons_end_with_the_task_that_started_them() {
    let scene = Scene::new().await;

    scene.says("setsid -f sleep 86401.25 >/dev/null 2>&1 </dev/null; echo started").await;

    gone("86401.25").await;
}

#[tokio::test]
async fn a_stopped_task_takes_everything_along() {
    let scene = Scene::new().await;
    let task = scene
        .task("trap '' TERM; setsid -f sleep 86402.25; echo x >started; while :; do sleep 86402.25; done");
    let stop = CancellationToken::new();
    let watch = async {
        while !scene.folder.join("started").exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
        Instant::now()
    };

    let (ended, asked) = tokio::join!(scene.stoppable(&task, stop.clone()), watch);

    assert_eq!(ended.status, Status::Stopped);
    gone("86402.25").await;
    assert!(asked.elapsed() < Duration::from_secs(5));
}
