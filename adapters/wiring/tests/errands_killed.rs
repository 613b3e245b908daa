//! SIGKILL between any two SQL statements of job store and queue: what is saved is launched, and launched once.
//!
//! The same test runs in two roles: the parent starts its own program again and again as a child that kills itself after
//! the nth statement of a job's life, and looks at what a later start makes of the remains.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use imaging::testing::MemoryFiles;
use imaging::{
    Entry, Happening, ImageId, JobAttempt, JobCare, JobStatus, JobStore, NewJob, PostProcess, Push, Registry,
};
use job_store_sql::SqlJobStore;
use local_queue::{LocalQueue, Owner};
use nix::sys::signal::{Signal, raise};
use participant_core::ENGINE_QUEUE;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use wiring::{Errands, Nobody};

const TEST: &str = "a_kill_between_any_two_statements_loses_and_doubles_no_launch";

#[test]
fn a_kill_between_any_two_statements_loses_and_doubles_no_launch() {
    if let Ok(now) = std::env::var("IMG_TEST_NOW") {
        child(now.parse().unwrap());
    }
    let mut statement = 1;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let first = run(folder.path(), 1_000_000, statement);
        if !first.success() {
            use std::os::unix::process::ExitStatusExt;
            assert_eq!(first.signal(), Some(9), "statement {statement}: {first}");
            // the leases of the dead are over by then
            let last = run(folder.path(), 2_000_000, u32::MAX);
            assert!(last.success(), "statement {statement}: {last}");
        }
        look(folder.path(), statement);
        if first.success() {
            break;
        }
        statement += 1;
    }
    println!("{statement} statements");
    assert!(statement > 40, "a job's life has more statements than that");
}

/// One job is DONE, and the engine has got two launches for it, whatever the outbox says.
fn look(folder: &Path, statement: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = SqlJobStore::file(&folder.join("jobs.db")).await.unwrap();
        let job = store.job(&id()).await.unwrap().unwrap();
        assert_eq!(job.status, JobStatus::Done, "statement {statement}");
        let events = store.events(&id()).await.unwrap();
        let recorded = events.iter().filter(|event| event.what == Happening::Recorded).count();
        assert_eq!(recorded, 1, "statement {statement}: {events:?}");
        let queue = queue(folder).await;
        let adopted = queue.adopt().await.unwrap();
        let definitions: Vec<_> =
            adopted.iter().map(|message| String::from_utf8_lossy(&message.body).into_owned()).collect();
        assert_eq!(adopted.len(), 2, "statement {statement}: {definitions:?}");
        assert!(adopted.iter().all(|message| message.queue == ENGINE_QUEUE));
        for process in ["to build", "to sign"] {
            assert!(
                definitions.iter().any(|text| text.contains(process)),
                "statement {statement}: {definitions:?}"
            );
        }
    });
}

fn id() -> ImageId {
    ImageId::reduce("job").unwrap()
}

async fn queue(folder: &Path) -> LocalQueue {
    let owner = Owner::new(&folder.join("owners")).unwrap();
    LocalQueue::open(&folder.join("queue.db"), owner).await.unwrap()
}

/// Does all that happens to one job; what was done before is done again.
async fn life(folder: &Path, now: i64) {
    let store = Arc::new(SqlJobStore::file(&folder.join("jobs.db")).await.unwrap());
    let queue = queue(folder).await;
    queue.adopt().await.unwrap();
    let triggers = [JobStatus::Done].into();
    let process = PostProcess {
        name: "sign".into(),
        active: true,
        pdef: "to sign".into(),
        triggers,
        ..PostProcess::default()
    };
    store.put(&Entry::PostProcess(process), "root", now).await.unwrap();
    let files = Arc::new(MemoryFiles::default());
    let week = Duration::from_secs(604_800);
    let errands =
        Errands::new(store.clone(), files, Arc::new(queue), Arc::new(Nobody), "to build".into(), week);
    let chosen = ["sign".to_owned()].into();
    let asked =
        NewJob { request: "r".into(), queue: "web".into(), post_processes: chosen, ..NewJob::default() };
    store.record(&id(), &asked, now).await.unwrap();
    while errands.do_due(now).await.unwrap() > 0 {}
    for status in [JobStatus::Building, JobStatus::Done] {
        let attempt = JobAttempt { began: "1".into(), process: "p".into() };
        store.push(&id(), &Push::new(status, attempt), now).await.unwrap();
    }
    while errands.do_due(now).await.unwrap() > 0 {}
}

fn run(folder: &Path, now: i64, die_after: u32) -> ExitStatus {
    #[expect(clippy::disallowed_methods, reason = "the test starts itself")]
    Command::new(std::env::current_exe().unwrap())
        .args([TEST, "--exact", "--nocapture"])
        .env("IMG_TEST_NOW", now.to_string())
        .env("IMG_TEST_DIE_AFTER", die_after.to_string())
        .current_dir(folder)
        .output()
        .unwrap()
        .status
}

fn child(now: i64) -> ! {
    let left = std::env::var("IMG_TEST_DIE_AFTER").unwrap().parse().unwrap();
    tracing_subscriber::registry().with(Killer { left: AtomicU32::new(left) }).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(life(Path::new("."), now));
    std::process::exit(0)
}

/// Counts the statements sqlx reports, and kills its own program after the last.
struct Killer {
    left: AtomicU32,
}

impl<S: tracing::Subscriber> Layer<S> for Killer {
    fn on_event(&self, event: &tracing::Event<'_>, _context: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            raise(Signal::SIGKILL).unwrap();
        }
    }
}
