//! Work in a repository that takes long: it goes on whether somebody waits for it or not.
//!
//! It lives as long as this program. Of what was asked for before that was started, nobody knows more than that: whoever asks is
//! told that it is lost, and the image says what came of it, since a repository has it as a whole or as it was.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use imaging::{
    ImagePath, ImageRepository, Incorporated, Person, RepositoryError, RepositoryName, Step, Verified, Watch,
    now_ms,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;

/// So many are worked on at a time; a disk is not faster for more.
const AT_A_TIME: usize = 2;
/// So many may wait or be worked on.
const MOST: usize = 50;
/// So many that are over are remembered.
const REMEMBERED: usize = 200;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// The image of a job is copied in and published.
    Publish,
    /// An image of another repository is copied in and published.
    Import,
    /// An image is read and held against its sums.
    Verify,
    /// The backup of an image is put in its place.
    Restore,
}

impl TaskKind {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            TaskKind::Publish => "publish",
            TaskKind::Import => "import",
            TaskKind::Verify => "verify",
            TaskKind::Restore => "restore",
        }
    }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskState {
    /// Others come first.
    Waits,
    /// It is being done.
    Runs(Step),
    /// It is over.
    Over(Came),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// The image is published.
    Published(Box<Incorporated>),
    /// The image was read, and may be broken.
    Verified(Box<Verified>),
    /// The repository is as it was.
    Failed {
        /// OpenGnsys's number for why.
        opengnsys: u8,
        /// Why, and what to do.
        why: String,
    },
    /// Somebody stopped it, or the program ended; the repository is as it was.
    Stopped,
}

/// A piece of work in a repository.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// What its address has.
    pub id: String,
    /// What is done.
    pub kind: TaskKind,
    /// The image it is about; that a whole disk is `dsk` is known when it was read.
    pub image: ImagePath,
    /// Who asked for it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub asked_ms: i64,
    /// When it was over.
    pub ended_ms: Option<i64>,
    /// How far it is.
    pub state: TaskState,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) repository: RepositoryName,
    pub(crate) kind: TaskKind,
    pub(crate) image: ImagePath,
    pub(crate) by: String,
    /// All that was asked for, as text: whether a second request is the same.
    pub(crate) likeness: String,
    /// The same key of the same person is the same request; empty is none.
    pub(crate) key: String,
}

impl About {
    /// Returns one of which the image says all.
    pub(crate) fn of(
        kind: TaskKind,
        repository: &dyn ImageRepository,
        image: &ImagePath,
        person: &Person,
        key: String,
    ) -> About {
        About {
            repository: repository.name().clone(),
            kind,
            image: image.clone(),
            by: person.name.clone(),
            likeness: String::new(),
            key,
        }
    }
}

/// All of this program.
pub(crate) struct Tasks {
    /// Tells this program from the one before.
    run: String,
    all: Mutex<BTreeMap<u64, Arc<Entry>>>,
    turns: Arc<Semaphore>,
    stop: CancellationToken,
}

/// One of them.
pub(crate) struct Entry {
    id: String,
    about: About,
    asked_ms: i64,
    now: Mutex<(TaskState, Option<i64>)>,
    stop: CancellationToken,
}

/// What an id leads to.
pub(crate) enum Found {
    Task(Arc<Entry>),
    /// It is of another program than this.
    Lost,
    Nobodys,
}

impl Tasks {
    pub(crate) fn new(stop: CancellationToken) -> Tasks {
        let run = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        Tasks { run, all: Mutex::default(), turns: Arc::new(Semaphore::new(AT_A_TIME)), stop }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Entry>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins work as soon as it is its turn; a request that comes again is answered with the same.
    pub(crate) fn begin<W>(
        &self,
        about: About,
        work: impl FnOnce(Arc<Entry>) -> W + Send + 'static,
    ) -> Result<Task, Problem>
    where
        W: Future<Output = Result<Came, RepositoryError>> + Send + 'static,
    {
        let mut all = self.all();
        let same = |entry: &&Arc<Entry>| entry.about.by == about.by && entry.about.key == about.key;
        if let Some(known) = all.values().find(same).filter(|_| !about.key.is_empty()) {
            if known.about == about {
                return Ok(known.task());
            }
            return Err(Problem::conflict(format!(
                "this Idempotency-Key was another request's, whose task is {}: take a new key for a new one",
                known.id
            )));
        }
        let is_over = |entry: &Arc<Entry>| entry.now().1.is_some();
        if all.values().filter(|entry| !is_over(entry)).count() >= MOST {
            return Err(Problem::away(format!(
                "{MOST} tasks wait or are worked on: ask again when some are over"
            )));
        }
        let over: Vec<u64> = all.iter().filter(|(_, entry)| is_over(entry)).map(|(at, _)| *at).collect();
        for old in over.iter().take((over.len() + 1).saturating_sub(REMEMBERED)) {
            all.remove(old);
        }
        let number = all.last_key_value().map_or(1, |(last, _)| last + 1);
        let entry = Arc::new(Entry {
            id: format!("{}-{number}", self.run),
            about,
            asked_ms: now_ms(),
            now: Mutex::new((TaskState::Waits, None)),
            stop: self.stop.child_token(),
        });
        all.insert(number, entry.clone());
        drop(all);
        tokio::spawn(done(entry.clone(), self.turns.clone(), work));
        Ok(entry.task())
    }

    /// Returns those of a repository, the newest first.
    pub(crate) fn of(&self, repository: &RepositoryName) -> Vec<Task> {
        let all = self.all();
        all.values()
            .rev()
            .filter(|entry| entry.about.repository == *repository)
            .map(|one| one.task())
            .collect()
    }

    /// Finds one of a repository.
    pub(crate) fn find(&self, repository: &RepositoryName, id: &str) -> Found {
        let Some((run, number)) = id.split_once('-') else { return Found::Nobodys };
        let is_run = run.len() == 8 && run.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_number = (1..=18).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_run || !is_number {
            return Found::Nobodys;
        }
        if run != self.run {
            return Found::Lost;
        }
        let found = self.all().values().find(|entry| entry.id == id).cloned();
        found.filter(|entry| entry.about.repository == *repository).map_or(Found::Nobodys, Found::Task)
    }
}

/// Does the work when it is its turn, and notes what came of it, whatever that was.
async fn done<W>(entry: Arc<Entry>, turns: Arc<Semaphore>, work: impl FnOnce(Arc<Entry>) -> W + Send)
where
    W: Future<Output = Result<Came, RepositoryError>> + Send + 'static,
{
    let turn = tokio::select! {
        biased;
        () = entry.stop.cancelled() => return entry.over(Came::Stopped),
        turn = turns.acquire_owned() => turn,
    };
    entry.set(TaskState::Runs(Step { name: "beginning".into(), done_of: None }));
    // what panics has failed, and is not waited for
    let came = match tokio::spawn(work(entry.clone())).await {
        Ok(Ok(came)) => came,
        Ok(Err(RepositoryError::Stopped)) => Came::Stopped,
        Ok(Err(error)) => {
            let about = &entry.about;
            let why = error.sentence();
            tracing::warn!("{} of {} in {}: {why}", about.kind.word(), about.image, about.repository);
            Came::Failed { opengnsys: error.opengnsys().number(), why }
        }
        Err(died) => {
            tracing::error!("a task of a repository ended badly: {died}");
            Came::Failed { opengnsys: 40, why: "a fault of the service: its log says more".into() }
        }
    };
    drop(turn);
    entry.over(came);
}

impl Entry {
    fn now(&self) -> MutexGuard<'_, (TaskState, Option<i64>)> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: TaskState) {
        self.now().0 = state;
    }

    fn over(&self, came: Came) {
        *self.now() = (TaskState::Over(came), Some(now_ms()));
    }

    pub(crate) fn by(&self) -> &str {
        &self.about.by
    }

    /// Has it end soon; what is over stays as it is.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    pub(crate) fn task(&self) -> Task {
        let (state, ended_ms) = self.now().clone();
        let image = match &state {
            TaskState::Over(Came::Published(done)) => done.image.path.clone(),
            _ => self.about.image.clone(),
        };
        let About { kind, by, .. } = &self.about;
        Task {
            id: self.id.clone(),
            kind: *kind,
            image,
            by: by.clone(),
            asked_ms: self.asked_ms,
            ended_ms,
            state,
        }
    }
}

impl Watch for Entry {
    fn step(&self, step: &Step) {
        let mut now = self.now();
        if now.1.is_none() {
            now.0 = TaskState::Runs(step.clone());
        }
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}
