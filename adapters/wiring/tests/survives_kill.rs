//! SIGKILL between any two SQL statements of queue, engine and job store leaves every process able to end.
//!
//! The same test runs in two roles: the parent starts its own program again and again as a child that kills itself
//! after the nth statement of a whole `img build`, and looks at what a later start makes of the remains.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Parser;
use imaging::testing::Canned;
use nix::sys::signal::{Signal, raise};
use serde_json::Value;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

const TEST: &str = "a_kill_between_any_two_statements_loses_nothing";

#[test]
fn a_kill_between_any_two_statements_loses_nothing() {
    if let Ok(arguments) = std::env::var("IMG_TEST_CHILD") {
        child(&arguments);
    }
    let next = AtomicU32::new(1);
    let ends = Mutex::new(BTreeMap::<String, u32>::new());
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                loop {
                    let statement = next.fetch_add(1, Ordering::SeqCst);
                    let end = story(statement);
                    *ends.lock().unwrap().entry(end.clone()).or_default() += 1;
                    if end == "not killed" {
                        break;
                    }
                }
            });
        }
    });
    let ends = ends.into_inner().unwrap();
    println!("{ends:?}");
    assert!(ends["resumed"] > 40, "a build has more statements than that: {ends:?}");
}

/// One build killed after a statement, its resumption killed after some, and a last one that must do the rest.
fn story(statement: u32) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("demo.ks"), "part / --size=1\n").unwrap();
    let first = run(folder.path(), "build demo.ks --type raw --name demo", statement);
    if first.success() {
        assert_one_image(folder.path(), statement);
        return "not killed".into();
    }
    assert_killed(first, statement);

    let second = run(folder.path(), "resume", 1 + statement * 7 % 50);
    if !second.success() {
        assert_killed(second, statement);
    }
    let last = run(folder.path(), "resume", u32::MAX);

    assert!(last.success(), "statement {statement}: the last resume ended with {last}");
    if jobs(folder.path()).is_empty() {
        "not begun".into()
    } else {
        assert_one_image(folder.path(), statement)
    }
}

fn assert_killed(status: ExitStatus, statement: u32) {
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(status.signal(), Some(9), "statement {statement}: {status}");
}

/// There is one job, it is DONE, and one image is in its folder and nothing beside it.
fn assert_one_image(folder: &Path, statement: u32) -> String {
    let jobs = jobs(folder);
    assert_eq!(jobs.len(), 1, "statement {statement}: {jobs:?}");
    assert_eq!(jobs[0]["status"], "DONE", "statement {statement}: {jobs:?}");
    let above = folder.join("state/images/requests");
    let user = std::fs::read_dir(above).unwrap().next().unwrap().unwrap().path();
    let folders: Vec<_> = std::fs::read_dir(user).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(folders.len(), 1, "statement {statement}: {folders:?}");
    let mut files: Vec<_> =
        std::fs::read_dir(&folders[0]).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["demo.log", "demo.raw", "record.json"], "statement {statement}");
    "resumed".into()
}

fn jobs(folder: &Path) -> Vec<Value> {
    let output = program(folder, "jobs --json", u32::MAX);
    let text = String::from_utf8(output.stdout).unwrap();
    let list = text.find("[\n").or_else(|| text.find("[]")).unwrap_or_else(|| panic!("no list in {text}"));
    let mut values = serde_json::Deserializer::from_str(&text[list..]).into_iter();
    values.next().unwrap().unwrap()
}

fn run(folder: &Path, arguments: &str, die_after: u32) -> ExitStatus {
    program(folder, arguments, die_after).status
}

fn program(folder: &Path, arguments: &str, die_after: u32) -> std::process::Output {
    #[expect(clippy::disallowed_methods, reason = "the test starts itself")]
    Command::new(std::env::current_exe().unwrap())
        .args([TEST, "--exact", "--nocapture"])
        .env("IMG_TEST_CHILD", arguments)
        .env("IMG_TEST_DIE_AFTER", die_after.to_string())
        .env("IMG_STATE", "state")
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Does what `img` does with these arguments, and dies on the way.
fn child(arguments: &str) -> ! {
    let left = std::env::var("IMG_TEST_DIE_AFTER").unwrap().parse().unwrap();
    tracing_subscriber::registry().with(Killer { left: AtomicU32::new(left) }).init();
    let arguments = cli::Arguments::parse_from(["img"].into_iter().chain(arguments.split(' ')));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let status = runtime.block_on(wiring::run(arguments, |_, _| Box::new(Canned::Makes)));
    std::process::exit(status.map(i32::from).unwrap_or_else(|error| {
        eprintln!("{error:#}");
        1
    }))
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
