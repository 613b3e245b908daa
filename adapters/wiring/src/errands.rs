//! What jobs need outside of their store: processes launched, files removed, and somebody who misses those that are silent.
//!
//! A store notes errands in the same moment as what makes them necessary. Whoever does them may die between any two
//! steps: the errand is taken again, and the engine of one machine knows its launch by the key. A BOSS does not, so a
//! program that dies between the launch and noting it launches twice there.

mod expiry;
mod missing;
mod on_boss;
mod workitem;

use std::sync::Arc;
use std::time::Duration;

use imaging::{
    Definitions, Errand, Happening, ImageId, JobCare, JobEvent, JobFiles, JobSearch, JobStatus, JobStore,
    Outbox, PostProcess, Registry, StoreError, Taken, now_ms,
};
use participant_core::{Launch, Launcher};
use tokio_util::sync::CancellationToken;

pub use self::missing::{Fate, Nobody, Processes};
pub use self::on_boss::OnBoss;

/// Who does it, for histories.
const WHO: &str = "img";
/// How long one errand may take before somebody else takes it.
const LEASE_MS: i64 = 120_000;
/// How often to look for errands.
const PAUSE: Duration = Duration::from_millis(500);
/// How often to look for jobs that are silent.
const MISS_EVERY: Duration = Duration::from_secs(30);
/// How often to look for jobs that are old.
const EXPIRE_EVERY: Duration = Duration::from_secs(3_600);
/// How many of them are deleted before other errands have their turn.
const EXPIRE_AT_ONCE: usize = 50;
/// How many errands are taken at once.
const AT_ONCE: u32 = 16;

/// What the process that builds a job is called.
const CREATE_IMAGE: &str = "create_image";

/// Does the errands of a store.
pub struct Errands {
    /// The jobs.
    pub jobs: Arc<dyn JobStore>,
    /// Their histories.
    pub care: Arc<dyn JobCare>,
    /// Those that are silent.
    pub search: Arc<dyn JobSearch>,
    /// The post-processes.
    pub registry: Arc<dyn Registry>,
    /// What is to be done.
    pub outbox: Arc<dyn Outbox>,
    /// The files of jobs.
    pub files: Arc<dyn JobFiles>,
    /// The engine that processes are launched on.
    pub launcher: Arc<dyn Launcher>,
    /// What that engine says of processes.
    pub processes: Arc<dyn Processes>,
    /// The definition of the process that builds an image.
    pub create_image: String,
    /// How long a job may be silent when nobody can say what became of its process, in milliseconds.
    pub lost_after_ms: i64,
    /// How long a job is kept when it is over, in milliseconds; for ever without.
    pub kept_ms: Option<i64>,
    /// What that engine says of definitions, where it can be asked.
    pub definitions: Option<Arc<dyn Definitions>>,
}

impl Errands {
    /// Makes one on a store that does everything.
    pub fn new<S>(
        store: Arc<S>,
        files: Arc<dyn JobFiles>,
        launcher: Arc<dyn Launcher>,
        processes: Arc<dyn Processes>,
        create_image: String,
        lost_after: Duration,
    ) -> Errands
    where
        S: JobStore + JobCare + JobSearch + Registry + Outbox + 'static,
    {
        Errands {
            jobs: store.clone(),
            care: store.clone(),
            search: store.clone(),
            registry: store.clone(),
            outbox: store,
            files,
            launcher,
            processes,
            create_image,
            lost_after_ms: i64::try_from(lost_after.as_millis()).unwrap_or(i64::MAX),
            kept_ms: None,
            definitions: None,
        }
    }

    /// Deletes jobs that are over for so long.
    pub fn keeping_jobs_for(mut self, time: Option<Duration>) -> Errands {
        self.kept_ms = time.map(|time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
        self
    }

    /// Has definitions that could never run not be launched.
    pub fn reading(self, definitions: Option<Arc<dyn Definitions>>) -> Errands {
        Errands { definitions, ..self }
    }

    /// Does errands as they come, until `stop`. Trouble is logged and what it concerned done again.
    pub async fn run(&self, stop: CancellationToken) {
        let mut missed = tokio::time::Instant::now();
        let mut expires = missed;
        while !stop.is_cancelled() {
            let mut done = self.do_due(now_ms()).await;
            if let Some(kept_ms) = self.kept_ms.filter(|_| expires.elapsed() > Duration::ZERO) {
                let now = now_ms();
                let gone = self.expire(now.saturating_sub(kept_ms), now, EXPIRE_AT_ONCE).await;
                if !matches!(gone, Ok(EXPIRE_AT_ONCE)) {
                    expires = tokio::time::Instant::now() + EXPIRE_EVERY;
                }
                done = gone.and(done);
            }
            if missed.elapsed() >= MISS_EVERY {
                missed = tokio::time::Instant::now();
                done = self.miss(now_ms()).await.and(done);
            }
            let pause = match done {
                Ok(0) => PAUSE,
                Ok(_) => continue,
                Err(trouble) => {
                    tracing::error!("{:#}; it is tried again", anyhow::Error::new(trouble));
                    PAUSE * 10
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Does the errands that are due, and returns how many that were; one that cannot be done is put off.
    pub async fn do_due(&self, now_ms: i64) -> Result<usize, StoreError> {
        let taken = self.outbox.take(now_ms, now_ms.saturating_add(LEASE_MS), AT_ONCE).await?;
        for (at, one) in taken.iter().enumerate() {
            if let Err(trouble) = self.take_care_of(one, now_ms).await {
                for given_back in &taken[at..] {
                    let back = self.outbox.postpone(&given_back.key, &trouble.to_string(), now_ms).await;
                    back.ok(); // else they come back when the lease is over
                }
                return Err(trouble);
            }
        }
        Ok(taken.len())
    }

    /// Does one errand, or puts it off.
    async fn take_care_of(&self, one: &Taken, now_ms: i64) -> Result<(), StoreError> {
        let Err(why) = self.do_one(one, now_ms).await? else {
            return self.outbox.done(&one.key, now_ms).await;
        };
        let pause = 1_000_i64 << one.tries.min(9);
        tracing::warn!("{}: {why}; it is tried again in {} s", one.key, pause / 1_000);
        self.outbox.postpone(&one.key, &why, now_ms.saturating_add(pause)).await
    }

    /// Does one errand; says why when it has to be done again.
    async fn do_one(&self, taken: &Taken, now_ms: i64) -> Result<Result<(), String>, StoreError> {
        let id = &taken.image_id;
        if let Errand::RemoveFiles { prefix } = &taken.errand {
            let removed = self.files.remove(prefix, id).await;
            return Ok(removed.map_err(|error| format!("cannot remove the files in {prefix}/{id}: {error}")));
        }
        let Some(job) = self.jobs.job(id).await? else { return Ok(Ok(())) };
        let (name, definition) = match &taken.errand {
            Errand::Build if job.status == JobStatus::InQueue => (CREATE_IMAGE, self.create_image.clone()),
            Errand::PostProcess(name) => {
                let processes = self.registry.post_processes().await?;
                match processes.into_iter().find(|process| process.name == *name && process.active) {
                    Some(process) => match self.never_runs(&process).await {
                        None => (name.as_str(), process.pdef),
                        Some(why) => return self.give_up(id, why, now_ms).await,
                    },
                    None => {
                        let why = format!("there is no active post-process `{name}` any more");
                        return self.give_up(id, why, now_ms).await;
                    }
                }
            }
            // it was stopped before it began, or somebody launched it and died before he said so
            _ => {
                let was_launched = !job.attempt.process.is_empty() && taken.tries > 0;
                if was_launched && !self.says_launched(id, CREATE_IMAGE).await? {
                    self.note(id, Happening::Launched(CREATE_IMAGE.to_owned()), now_ms).await?;
                }
                return Ok(Ok(()));
            }
        };
        let processes = self.registry.post_processes().await?;
        let fields = match workitem::fields(&job, &processes) {
            Ok(fields) => fields,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let launch = Launch::new(definition, fields).once(taken.key.as_str());
        if let Err(trouble) = self.launcher.launch(&launch).await {
            let why = format!("{:#}", anyhow::Error::new(trouble));
            if taken.tries == 0 {
                let told = format!("{why}; `{name}` is tried again");
                self.note(id, Happening::NotLaunched(told), now_ms).await?;
            }
            return Ok(Err(why));
        }
        self.note(id, Happening::Launched(name.to_owned()), now_ms).await?;
        Ok(Ok(()))
    }

    /// Tells whether the history of a job says that this was launched.
    async fn says_launched(&self, id: &ImageId, name: &str) -> Result<bool, StoreError> {
        let events = self.care.events(id).await?;
        Ok(events.iter().any(|event| event.what == Happening::Launched(name.to_owned())))
    }

    /// Says why a post-process would never run: it may be on record from before anybody looked at it.
    async fn never_runs(&self, process: &PostProcess) -> Option<String> {
        let why = self.definitions.as_ref()?.mistake(&process.pdef).await?;
        Some(format!("the definition of `{}` is no process that can run here: {why}", process.name))
    }

    /// Says in the history of a job why an errand of it is never done.
    async fn give_up(
        &self,
        id: &ImageId,
        why: String,
        now_ms: i64,
    ) -> Result<Result<(), String>, StoreError> {
        self.note(id, Happening::NotLaunched(why), now_ms).await?;
        Ok(Ok(()))
    }

    async fn note(&self, id: &ImageId, what: Happening, at_ms: i64) -> Result<(), StoreError> {
        self.care.note(id, &JobEvent { at_ms, who: WHO.into(), what }).await
    }
}

impl std::fmt::Debug for Errands {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Errands")
    }
}
