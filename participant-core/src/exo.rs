//! The life of a participant: take, answer, settle.

mod hijack;
mod running;
mod settle;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

pub use self::running::Running;
use self::settle::{Settlement, settle};
use crate::control::{JobControl, Lifecycle, Stop};
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::fei::Attempt;
use crate::job::{Job, Progress};
use crate::launcher::Launcher;
use crate::outcome::Outcome;
use crate::participant::Participant;
use crate::transport::{Transport, TransportError};
use crate::workitem::Workitem;

/// Somebody who watches jobs; every method may be left out.
pub trait Observer: Send + Sync {
    /// Names a job in the log: what is logged from here until its workitem is settled stands in this span.
    fn span(&self, _queue: &str, item: &Workitem) -> tracing::Span {
        tracing::info_span!("job", wfid = item.attempt().fei.wfid)
    }
    /// A workitem is about to be worked on.
    fn started(&self, _queue: &str, _item: &Workitem) {}
    /// A job got on.
    fn progress(&self, _attempt: &Attempt, _progress: &Progress) {}
    /// A job ended; the refusal or failure is in `answer`.
    fn ended(&self, _queue: &str, _attempt: &Attempt, _answer: &Result<Outcome, Failure>) {}
}

/// Nobody watches.
impl Observer for () {}

/// How many answers of a worker may be on their way at a time, beyond one for each running job.
const ANSWERS_UNDER_WAY: usize = 256;

/// Runs one participant on one queue.
pub struct Exo {
    participant: Arc<dyn Participant>,
    transport: Arc<dyn Transport>,
    launcher: Arc<dyn Launcher>,
    observer: Arc<dyn Observer>,
    queue: String,
    concurrency: usize,
    grace: Duration,
    deadline: Option<Duration>,
    running: Running,
}

impl Exo {
    /// Makes a worker for `queue` that runs one job at a time.
    pub fn new(
        queue: impl Into<String>,
        participant: Arc<dyn Participant>,
        transport: Arc<dyn Transport>,
        launcher: Arc<dyn Launcher>,
    ) -> Exo {
        Exo {
            participant,
            transport,
            launcher,
            observer: Arc::new(()),
            queue: queue.into(),
            concurrency: 1,
            grace: Duration::ZERO,
            deadline: None,
            running: Running::default(),
        }
    }

    /// Lets somebody watch the jobs.
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Exo {
        self.observer = observer;
        self
    }

    /// Runs up to this many jobs at a time, a million at most; a job whose answer is on its way is none of them.
    pub fn concurrency(mut self, jobs: usize) -> Exo {
        self.concurrency = jobs.clamp(1, 1_000_000);
        self
    }

    /// Lets running jobs go on for this long after a shutdown began; then they are handed back.
    pub fn grace(mut self, grace: Duration) -> Exo {
        self.grace = grace;
        self
    }

    /// Stops a job that takes longer than this.
    pub fn deadline(mut self, deadline: Duration) -> Exo {
        self.deadline = Some(deadline);
        self
    }

    /// Notes its jobs in a list that others may share, so that somebody can stop them.
    pub fn sharing(mut self, running: Running) -> Exo {
        self.running = running;
        self
    }

    /// Takes and answers workitems until `shutdown`; then lets jobs finish or hands them back.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<(), TransportError> {
        let mut intake = tokio::select! {
            intake = self.transport.take(&self.queue) => intake?,
            () = shutdown.cancelled() => return Ok(()),
        };
        let places = Arc::new(Semaphore::new(self.concurrency));
        let answers = Arc::new(Semaphore::new(self.concurrency + ANSWERS_UNDER_WAY));
        let mut jobs = JoinSet::new();
        self.participant.handle_lifecycle_control(&Lifecycle::Start).await;
        let ended = loop {
            while jobs.try_join_next().is_some() {}
            let next = async {
                let answer = answers.clone().acquire_owned().await.expect("never closed");
                let place = places.clone().acquire_owned().await.expect("never closed");
                intake.next().await.map(|delivery| (place, answer, delivery))
            };
            tokio::select! {
                () = shutdown.cancelled() => break Ok(()),
                next = next => match next {
                    Ok((place, answer, delivery)) => {
                        let work = self.clone_parts().work(delivery, place, shutdown.clone());
                        jobs.spawn(async move { work.await; drop(answer) });
                    }
                    Err(error) => break Err(error),
                }
            }
        };
        self.participant.handle_lifecycle_control(&Lifecycle::Stop).await;
        self.finish(jobs).await;
        intake.close().await;
        self.participant.handle_lifecycle_control(&Lifecycle::Die).await;
        ended
    }

    /// Waits for the jobs that run: first in patience, then after a word to stop.
    async fn finish(&self, mut jobs: JoinSet<()>) {
        let patient = async { while jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(self.grace, patient).await.is_err() {
            self.running.stop_all(&Stop::Shutdown);
            while jobs.join_next().await.is_some() {}
        }
    }

    fn clone_parts(&self) -> Work {
        Work {
            participant: self.participant.clone(),
            transport: self.transport.clone(),
            launcher: self.launcher.clone(),
            observer: self.observer.clone(),
            queue: self.queue.clone(),
            deadline: self.deadline,
            running: self.running.clone(),
        }
    }
}

/// What one job needs of its worker.
struct Work {
    participant: Arc<dyn Participant>,
    transport: Arc<dyn Transport>,
    launcher: Arc<dyn Launcher>,
    observer: Arc<dyn Observer>,
    queue: String,
    deadline: Option<Duration>,
    running: Running,
}

impl Work {
    /// Works on one delivery; its place is free for the next while the answer is still on its way.
    async fn work(self, delivery: Delivery, place: OwnedSemaphorePermit, shutdown: CancellationToken) {
        let item = Workitem::parse(&delivery.body);
        let span = item.as_ref().map_or_else(|_| tracing::Span::none(), |item| self.span(item));
        let work = async {
            let settlement = match &item {
                Ok(item) => self.watched(item, &delivery.cancelled).await,
                Err(malformed) => Settlement::SetAside(with_cause(malformed)),
            };
            drop(place);
            settle(&*self.transport, &self.queue, delivery, settlement, &shutdown).await;
        };
        work.instrument(span).await;
    }

    fn span(&self, item: &Workitem) -> tracing::Span {
        let mut span = tracing::Span::none();
        quietly(|| span = self.observer.span(&self.queue, item));
        span
    }

    /// Answers one workitem while listening for what may stop it.
    async fn watched(&self, item: &Workitem, cancelled: &CancellationToken) -> Settlement {
        let (job, handle) = Job::new(item.attempt(), self.launcher.clone(), self.observer.clone());
        let _entry = self.running.enter(item.attempt(), handle.clone());
        quietly(|| self.observer.started(&self.queue, item));
        let overdue = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep(deadline).await,
                None => std::future::pending().await,
            }
        };
        let listen = async {
            tokio::select! {
                () = cancelled.cancelled() => drop(handle.stop(Stop::Engine)),
                () = overdue => drop(handle.stop(Stop::Deadline)),
                _ = job.stopped() => {}
            }
            let control = JobControl::Stop(job.stop().expect("it was stopped"));
            self.participant.handle_wi_control(&job, &control).await;
            std::future::pending::<Settlement>().await
        };
        tokio::select! {
            settlement = self.answer(item, &job) => settlement,
            never = listen => never,
        }
    }

    /// Turns one workitem into what becomes of it.
    async fn answer(&self, item: &Workitem, job: &Job) -> Settlement {
        let answer = caught(self.participant.handle_wi(item, job)).await;
        quietly(|| self.observer.ended(&self.queue, job.attempt(), &answer));
        if let Ok(outcome) = &answer {
            hijack::warn_of_hijackers(job.attempt(), outcome);
        }
        match job.stop() {
            Some(Stop::Engine) => Settlement::Silent,
            Some(Stop::Shutdown) => Settlement::HandBack,
            Some(Stop::Person(_) | Stop::Deadline) | None if item.is_forgotten() => Settlement::Silent,
            Some(Stop::Person(_) | Stop::Deadline) | None => {
                Settlement::Reply { body: item.reply(&answer), id: format!("reply {}", job.attempt()) }
            }
        }
    }
}

/// An error and its causes on one line.
fn with_cause(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Lets somebody watch; a watcher that panics changes nothing for the job.
pub(crate) fn quietly(watch: impl FnOnce()) {
    if std::panic::catch_unwind(AssertUnwindSafe(watch)).is_err() {
        tracing::error!("somebody who watches the jobs panicked; the job goes on");
    }
}

/// Turns a panic of the participant into a failure.
async fn caught(work: impl Future<Output = Result<Outcome, Failure>>) -> Result<Outcome, Failure> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Failure::Panicked(text.unwrap_or_else(|| "no message".into())))
    })
}

impl std::fmt::Debug for Exo {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Exo").field("queue", &self.queue).finish_non_exhaustive()
    }
}
