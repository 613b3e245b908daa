//! What is to be seen from outside after a while.

use std::time::{Duration, Instant};

/// How many processes sleep for so many seconds.
pub(crate) fn sleepers(seconds: u32) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let wanted = format!("sleep\0{seconds}\0");
    processes
        .filter(|process| {
            std::fs::read(process.path().join("cmdline")).is_ok_and(|line| line == wanted.as_bytes())
        })
        .count()
}

/// Waits until it is so, and returns how long that took.
pub(crate) async fn eventually(what: &str, patience: Duration, mut is: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < patience, "not within {patience:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    start.elapsed()
}
