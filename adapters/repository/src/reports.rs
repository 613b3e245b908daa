//! What a thread that works tells whoever waits for it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Stops all that was ever begun for the same watch.
    watch: CancellationToken,
    /// When it was told last, and how far it was.
    told: Cell<Option<(Instant, u64)>>,
    /// Whether nobody looks on.
    hushed: Arc<AtomicBool>,
}

/// The other end of reports of work that goes on by itself; the work stops when this value is gone.
#[derive(Debug)]
pub(crate) struct Apart {
    stop: CancellationToken,
    hushed: Arc<AtomicBool>,
}

impl Apart {
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// How far it is is told no more, as somebody else tells that now.
    pub(crate) fn hush(&self) {
        self.hushed.store(true, Ordering::Relaxed);
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Reports {
    /// Tells that something begins.
    pub(crate) fn begin(&self, name: String) {
        self.told.set(Some((Instant::now(), 0)));
        let _ = self.steps.send(Step { name, done_of: None });
    }

    /// Tells how much of it is done, now and then; false when it has to stop.
    pub(crate) fn far(&self, name: &str, done: u64, of: u64) -> bool {
        let now = Instant::now();
        let is_time = self
            .told
            .get()
            .is_none_or(|(told, before)| now.duration_since(told) >= EVERY || (done == of && before != of));
        if is_time {
            self.told.set(Some((now, done)));
        }
        if is_time && !self.hushed.load(Ordering::Relaxed) {
            let _ = self.steps.send(Step { name: name.to_owned(), done_of: Some((done, of)) });
        }
        !self.stop.is_cancelled()
    }

    /// Reports of work that goes on when nobody waits for this one any more, until the watch stops.
    pub(crate) fn apart(&self) -> (Reports, Apart) {
        let apart = Apart { stop: self.watch.child_token(), hushed: Arc::default() };
        let (stop, hushed) = (apart.stop.clone(), Arc::clone(&apart.hushed));
        let (steps, watch) = (self.steps.clone(), self.watch.clone());
        (Reports { steps, stop, watch, told: Cell::new(None), hushed }, apart)
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
    let all = watch.stop();
    let stop = all.child_token();
    let abandoned = stop.clone().drop_guard();
    let reports = Reports { steps, stop, watch: all, told: Cell::new(None), hushed: Arc::default() };
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
