//! What a thread that works tells whoever waits for it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use imaging::{RepositoryError, Step, Watch};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// How often it is told how far something is.
const EVERY: Duration = Duration::from_millis(100);

/// The thread's end.
#[derive(Debug)]
pub(crate) struct Reports {
    steps: UnboundedSender<Step>,
    stop: CancellationToken,
    told: Cell<Option<Instant>>,
}

impl Reports {
    /// Tells that something begins.
    pub(crate) fn begin(&self, name: String) {
        self.told.set(Some(Instant::now()));
        let _ = self.steps.send(Step { name, done_of: None });
    }

    /// Tells how much of it is done, now and then; false when it has to stop.
    pub(crate) fn far(&self, name: &str, done: u64, of: u64) -> bool {
        let now = Instant::now();
        let is_time = self.told.get().is_none_or(|told| now.duration_since(told) >= EVERY);
        if is_time || done == of {
            self.told.set(Some(now));
            let _ = self.steps.send(Step { name: name.to_owned(), done_of: Some((done, of)) });
        }
        !self.stop.is_cancelled()
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// Does work that blocks, in a thread of its own, and passes on what it tells. It stops when nobody waits for it any more.
pub(crate) async fn watched<T: Send + 'static>(
    watch: &dyn Watch,
    work: impl FnOnce(&Reports) -> Result<T, RepositoryError> + Send + 'static,
) -> Result<T, RepositoryError> {
    let (steps, mut heard) = unbounded_channel();
    let stop = watch.stop().child_token();
    let abandoned = stop.clone().drop_guard();
    let reports = Reports { steps, stop, told: Cell::new(None) };
    let mut thread = tokio::task::spawn_blocking(move || work(&reports));
    let done = loop {
        tokio::select! {
            biased;
            Some(step) = heard.recv() => watch.step(&step),
            done = &mut thread => break done,
        }
    };
    drop(abandoned);
    while let Ok(step) = heard.try_recv() {
        watch.step(&step);
    }
    done.map_err(|panicked| RepositoryError::disk("finish", std::io::Error::other(panicked)))?
}
