//! Everything on one machine: queue, engine, job store and all participants in one program.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use imaging::{ImageBuilder, JobStore};
use job_store_sql::SqlJobStore;
use local_queue::{LocalQueue, Owner};
use participant_core::exo::Running;
use participant_core::{ENGINE_QUEUE, Exo, Observer, Participant};
use process_engine::Engine;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::errands::Errands;
use crate::participants::{Bounds, Stoppable, request_image, update_image_status};
use crate::state::State;

/// How often to look for what programs left that ended.
const ADOPT_EVERY: Duration = Duration::from_secs(1);

/// Who writes down what came of jobs: they end last.
const KEEPS_BOOKS: [&str; 2] = [ENGINE_QUEUE, "update_image_status"];
/// How long they may take for that at the end.
const CLOSING: Duration = Duration::from_secs(5);

/// Makes the image builder for a state folder, whose builds stay within these bounds.
pub type Builders = fn(&State, Bounds) -> Box<dyn ImageBuilder>;

/// A machine that can run processes.
pub struct Machine {
    /// The messages.
    pub queue: LocalQueue,
    /// The processes.
    pub engine: Engine,
    /// The jobs.
    pub store: SqlJobStore,
    /// The workitems somebody works on.
    pub running: Running,
    /// Who runs this program.
    pub user: String,
    participants: Vec<Named>,
}

/// A participant and the queue it takes workitems from.
pub type Named = (&'static str, Arc<dyn Participant>);

/// What jobs may take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// How long jobs may go on once the program is to end.
    pub grace: Duration,
    /// How long a build may take at all.
    pub deadline: Option<Duration>,
    /// How many images are made at a time, 0 being 1.
    pub builds: usize,
}

/// How the work of a machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Nothing is left to do.
    All,
    /// It was told to stop; the next start goes on with what is left.
    Interrupted,
}

impl Machine {
    /// Opens a state folder; what dead programs left in it stays with them until somebody adopts it.
    ///
    /// `build_image` makes that participant for a program of the name it is given, which no other has; `after` are those who
    /// do something with a finished image.
    pub async fn open(
        state: &State,
        build_ks: Arc<dyn Participant>,
        build_image: impl FnOnce(&str) -> Arc<dyn Participant>,
        after: Vec<Named>,
    ) -> Result<Machine> {
        let store = SqlJobStore::file(&state.private(state.jobs())?).await?;
        Machine::with_store(state, store, build_ks, build_image, after).await
    }

    /// The same, with jobs recorded elsewhere.
    pub(crate) async fn with_store(
        state: &State,
        store: SqlJobStore,
        build_ks: Arc<dyn Participant>,
        build_image: impl FnOnce(&str) -> Arc<dyn Participant>,
        after: Vec<Named>,
    ) -> Result<Machine> {
        let owner = Owner::new(&state.owners()).context("cannot make a lock in the state folder")?;
        let name = owner.name().to_owned();
        let queue = LocalQueue::open(&state.private(state.queue())?, owner).await?;
        let engine = Engine::open(&state.private(state.engine())?).await?;
        let (user, running) = (user_name(), Running::default());
        let builds = Stoppable::new(build_image(&name), Arc::new(store.clone()), running.clone());
        let mut participants: Vec<Named> = vec![
            ("request_image", request_image(&store, &user)),
            ("build_ks", build_ks),
            ("build_image", Arc::new(builds)),
            ("update_image_status", update_image_status(&store)),
        ];
        participants.extend(after);
        Ok(Machine { queue, engine, store, running, user, participants })
    }

    /// Lets go of the files of the state folder, each of which is whole by itself then: what SQLite keeps beside one is in it.
    pub(crate) async fn close(&self) {
        let all = async { tokio::join!(self.store.close(), self.engine.close(), self.queue.close()) };
        let _ = tokio::time::timeout(CLOSING, all).await; // nothing is lost where somebody still has one
    }

    /// Works until nothing is left to do, or until `stop`; then jobs stop at once, and the next start goes on with them.
    pub async fn work(
        &self,
        limits: &Limits,
        observer: Arc<dyn Observer>,
        stop: CancellationToken,
    ) -> Result<Settled> {
        let ours =
            |queue: &str| queue == ENGINE_QUEUE || self.participants.iter().any(|(name, _)| *name == queue);
        let settled = async {
            tokio::select! {
                idle = self.idle(ours) => idle.map(|()| Settled::All),
                () = stop.cancelled() => Ok(Settled::Interrupted),
                trouble = self.queue.trouble() => {
                    Err(anyhow!("{trouble}; nothing is lost: `img resume` goes on when that is mended"))
                }
            }
        };
        self.work_until(settled, &observer, limits).await
    }

    /// Works until `stop`, also on what other programs left or leave when they end, and on the errands of jobs; then running jobs
    /// may finish within limits.
    pub async fn serve(
        &self,
        limits: &Limits,
        errands: &Errands,
        observer: Arc<dyn Observer>,
        stop: CancellationToken,
    ) -> Result<()> {
        let stopped = async {
            tokio::select! {
                never = self.adopt_for_ever() => match never {},
                () = errands.run(stop.clone()) => Ok(()),
                () = stop.cancelled() => Ok(()),
            }
        };
        self.work_until(stopped, &observer, limits).await
    }

    async fn work_until<T>(
        &self,
        end: impl Future<Output = Result<T>>,
        observer: &Arc<dyn Observer>,
        limits: &Limits,
    ) -> Result<T> {
        let (shutdown, closing) = (CancellationToken::new(), CancellationToken::new());
        let mut work = self.workers(observer, limits, &shutdown, |name| !KEEPS_BOOKS.contains(&name));
        let mut books = self.workers(observer, limits, &closing, |name| KEEPS_BOOKS.contains(&name));
        let (engine, queue, until) = (self.engine.clone(), self.queue.clone(), closing.clone());
        books.spawn(async move { Ok(engine.serve(Arc::new(queue), until).await?) });
        let ended = tokio::select! {
            ended = end => ended,
            early = first_to_end(&mut work) => Err(early),
            early = first_to_end(&mut books) => Err(early),
        };
        shutdown.cancel();
        let finished = all(&mut work).await;
        if ended.is_ok() && finished.is_ok() {
            // what was finished just now has come to its status before the next start
            let _ = tokio::time::timeout(CLOSING, self.idle(|queue| KEEPS_BOOKS.contains(&queue))).await;
        }
        closing.cancel();
        all(&mut books).await?;
        finished?;
        ended
    }

    /// Takes over what programs leave that end: also what somebody handed over and did not want to wait for.
    async fn adopt_for_ever(&self) -> Infallible {
        loop {
            if let Err(error) = self.queue.adopt().await {
                tracing::warn!("{error}: {}; it is tried again", error.source);
            }
            tokio::time::sleep(ADOPT_EVERY).await;
        }
    }

    fn workers(
        &self,
        observer: &Arc<dyn Observer>,
        limits: &Limits,
        shutdown: &CancellationToken,
        which: impl Fn(&str) -> bool,
    ) -> JoinSet<Result<()>> {
        let mut workers = JoinSet::new();
        for (name, participant) in self.participants.iter().filter(|(name, _)| which(name)) {
            let exo = Exo::new(
                *name,
                participant.clone(),
                Arc::new(self.queue.clone()),
                Arc::new(self.queue.clone()),
            )
            .observed_by(observer.clone())
            .grace(limits.grace)
            .sharing(self.running.clone());
            let exo = match (*name, limits.deadline) {
                ("build_image", Some(deadline)) => exo.deadline(deadline).concurrency(limits.builds.max(1)),
                ("build_image", None) => exo.concurrency(limits.builds.max(1)),
                _ => exo,
            };
            let shutdown = shutdown.clone();
            workers.spawn(async move { Ok(exo.run(shutdown).await?) });
        }
        workers
    }

    /// Waits until no message of ours is left on the queues that `ours` tells.
    async fn idle(&self, ours: impl Fn(&str) -> bool) -> Result<()> {
        loop {
            let unsettled = self.queue.unsettled().await?;
            if !unsettled.iter().any(|queue| ours(queue)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Returns the job a process made, as it is on record.
    pub async fn job(&self, image_id: &str) -> Result<imaging::ImageJob> {
        let id = imaging::ImageId::reduce(image_id)?;
        match self.store.job(&id).await? {
            Some(job) => Ok(job),
            None => bail!("there is no job {id}"),
        }
    }
}

/// Waits for a worker that ends although nobody told it to.
async fn first_to_end(workers: &mut JoinSet<Result<()>>) -> anyhow::Error {
    match workers.join_next().await {
        Some(Ok(Err(broken))) => broken,
        Some(Err(panic)) => panic.into(),
        Some(Ok(Ok(()))) | None => anyhow!("a worker ended before its time"),
    }
}

/// Waits for all workers.
async fn all(workers: &mut JoinSet<Result<()>>) -> Result<()> {
    let mut ended = Ok(());
    while let Some(one) = workers.join_next().await {
        ended = ended.and(one.map_err(anyhow::Error::from).flatten());
    }
    ended
}

/// The name of whoever runs this program, as the system knows it.
pub(crate) fn user_name() -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid());
    let name =
        user.ok().flatten().map(|user| user.name).unwrap_or_else(|| nix::unistd::geteuid().to_string());
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' }).collect()
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Machine").field("user", &self.user).finish_non_exhaustive()
    }
}
