//! A program that is killed leaves no process of a task, whenever that is.

use std::path::Path;
use std::time::{Duration, Instant};

use child::{Listen, Status, Task};
use tokio_util::sync::CancellationToken;

use crate::Scene;

const VICTIM: &str = "PLACE_TEST_VICTIM";
const READY: &str = "PLACE_TEST_READY";
const THIS: &str = "killed::a_killed_program_leaves_no_process_whenever_it_is_killed";
/// So often a program is killed, each time with several tasks on their ways in.
const KILLS: usize = 60;

/// Returns what was started with `mark`: as a word of its command line, or in its environment, which a process on its
/// way into the namespace still has from its program.
fn with_mark(mark: &str) -> Vec<String> {
    let variable = format!("{VICTIM}={mark}");
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let marked = processes.filter(|process| {
        let has = |file: &str, word: &str| {
            let text = std::fs::read(process.join(file)).unwrap_or_default();
            text.split(|byte| *byte == 0).any(|known| known == word.as_bytes())
        };
        has("cmdline", mark) || has("environ", &variable)
    });
    marked.filter_map(|process| std::fs::read_to_string(process.join("stat")).ok()).collect()
}

/// Returns processes on their way into a namespace whose program is gone; they tell others only what is in `stat`.
fn orphans() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats.filter(|stat| stat.contains("(child-spawner) S 1 ")).collect()
}

/// Returns a number below `below`, another one each time.
fn random(below: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish() % below
}

/// What the program that will be killed does: it starts tasks, and lets go of some of them at any moment.
async fn be_the_victim(scene: &Scene, mark: &str) {
    scene.says("true").await;
    std::fs::write(std::env::var_os(READY).unwrap(), std::process::id().to_string()).unwrap();
    let task = scene.task(&format!("exec sleep {mark}"));
    let one = || async {
        loop {
            let _ = tokio::time::timeout(Duration::from_micros(random(20_000)), scene.run(&task)).await;
        }
    };
    tokio::join!(one(), one(), one(), one());
}

#[tokio::test]
async fn a_killed_program_leaves_no_process_whenever_it_is_killed() {
    let scene = Scene::new().await;
    if let Ok(mark) = std::env::var(VICTIM) {
        return be_the_victim(&scene, &mark).await; // this test, started once more
    }
    let this = std::env::current_exe().unwrap();
    let mut marks = Vec::new();
    for round in 0..KILLS {
        let mark = format!("8642{round}.{}", std::process::id());
        let ready = scene._temp.path().join(&mark);
        let mut victim = Task::new([this.as_os_str()]).env(VICTIM, &mark).env(READY, &ready);
        victim = victim.env("TMPDIR", scene._temp.path());
        victim.argv.extend(["--exact".into(), THIS.into()]);
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let kill = async {
            let pid = loop {
                match std::fs::read_to_string(&ready).unwrap_or_default().parse() {
                    Ok(pid) => break nix::unistd::Pid::from_raw(pid),
                    Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            };
            std::thread::sleep(Duration::from_micros(random(40_000)));
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        };

        let (ended, ()) = tokio::join!(child::run(&victim, &listen), kill);

        assert_eq!(ended.unwrap().status, Status::Signalled(9));
        marks.push(mark);
    }
    let start = Instant::now();
    let left = || {
        let marked = marks.iter().flat_map(|mark| with_mark(mark));
        marked.chain(orphans()).collect::<Vec<_>>()
    };
    while !left().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(5), "left: {:#?}", left());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
