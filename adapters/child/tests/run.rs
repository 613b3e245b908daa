//! How tasks run, and how they end.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use child::{ChildError, Ended, Listen, Status, Task, run};
use tokio_util::sync::CancellationToken;

fn bash(script: &str) -> Task {
    Task::new(["bash", "-c", script])
}

/// Runs a task; returns how it ended, the lines it was heard saying, and the log.
async fn heard(task: &Task, stop: CancellationToken) -> (Ended, Vec<String>, String) {
    let temp = tempfile::tempdir().unwrap();
    let log = temp.path().join("log");
    std::fs::write(&log, "before\n").unwrap();
    let lines = Mutex::new(Vec::new());
    let line = |text: &str| lines.lock().unwrap().push(text.to_owned());
    let ended = run(task, &Listen { log: &log, line: &line, stop }).await.unwrap();
    (ended, lines.into_inner().unwrap(), std::fs::read_to_string(&log).unwrap())
}

#[tokio::test]
async fn what_is_printed_reaches_the_log_and_the_listener() {
    let (ended, lines, log) = heard(&bash("echo out; echo err >&2; exit 3"), CancellationToken::new()).await;

    assert_eq!((ended.status, ended.tail.as_str(), ended.well()), (Status::Exited(3), "err", false));
    let mut sorted = lines.clone();
    sorted.sort();
    assert_eq!(sorted, ["err", "out"]);
    let stamp = "[11/26 05:31:07] ".len();
    let printed: Vec<_> = log.lines().skip(1).map(|line| &line[stamp..]).collect();
    assert!(log.starts_with("before\n[") && log.ends_with('\n'), "{log}");
    assert_eq!(printed, lines);
}

#[tokio::test]
async fn what_a_task_hides_is_seen_nowhere() {
    let task = Task {
        hides: vec!["ann:secret@".into(), String::new()],
        ..bash("echo from http://ann:secret@host/; echo no http://ann:secret@host/ >&2; exit 1")
    };

    let (ended, mut lines, log) = heard(&task, CancellationToken::new()).await;

    lines.sort();
    assert_eq!(lines, ["from http://host/", "no http://host/"]);
    assert_eq!(ended.tail, "no http://host/");
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn a_task_inherits_nothing() {
    let task = Task {
        stdin: b"given".to_vec(),
        keep_output: Some(1000),
        cwd: "/usr".into(),
        ..bash("env; pwd; cat; umask; ls /proc/self/fd | wc -l")
    };
    let _open = std::fs::File::open("/dev/null").unwrap();
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));

    let (ended, lines, _) = heard(&task.env("MINE", "1"), CancellationToken::new()).await;

    let text = String::from_utf8(ended.output).unwrap();
    assert!(lines.is_empty(), "kept output is not taken for lines");
    assert!(
        text.contains("MINE=1") && !text.contains("CARGO") && text.contains("/usr\ngiven0022\n"),
        "{text}"
    );
    assert!(text.ends_with("4\n"), "0, 1, 2 and that of ls: {text}");
}

#[tokio::test]
async fn kept_output_has_a_limit() {
    let task = Task { keep_output: Some(5), ..bash("echo 123456789") };

    assert_eq!(heard(&task, CancellationToken::new()).await.0.output, b"12345");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let log = Path::new("/dev/null");
    let listen = Listen { log, line: &|_| {}, stop: CancellationToken::new() };

    let error = run(&Task::new(["/no/such/program"]), &listen).await.unwrap_err();

    assert_eq!(error.to_string(), "cannot start program");
    let listen = Listen { log: Path::new("/no/log"), ..listen };
    assert!(matches!(run(&bash("true"), &listen).await, Err(ChildError::Log { .. })));
}

/// A program that writes its and its child's process ids, then stays; `trap` decides what SIGTERM does.
fn stubborn(trap: &str, ids: &Path) -> Task {
    bash(&format!(
        "trap '{trap}' TERM; sleep 600 & echo $$ $! >{0}.new; mv {0}.new {0}; while :; do wait; done",
        ids.display()
    ))
}

async fn written(ids: &Path) -> Vec<String> {
    while !ids.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    std::fs::read_to_string(ids).unwrap().split_whitespace().map(str::to_owned).collect()
}

/// Tells whether a process is there and not just waiting to be asked how it ended.
fn alive(id: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn gone(ids: &[String]) {
    let start = Instant::now();
    while ids.iter().any(|id| alive(id)) {
        assert!(start.elapsed() < Duration::from_secs(20), "{ids:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_stopped_task_may_end_by_itself_first_and_is_killed_then() {
    for (trap, least) in [("exit 0", Duration::ZERO), ("", Duration::from_secs(2))] {
        let temp = tempfile::tempdir().unwrap();
        let ids = temp.path().join("ids");
        let (task, stop) = (stubborn(trap, &ids), CancellationToken::new());
        let start = Instant::now();
        let watch = async {
            let ids = written(&ids).await;
            stop.cancel();
            ids
        };

        let ((ended, _, _), ids) = tokio::join!(heard(&task, stop.clone()), watch);

        assert_eq!(ended.status, Status::Stopped);
        assert!((least..Duration::from_secs(5)).contains(&start.elapsed()), "{trap:?} {:?}", start.elapsed());
        gone(&ids).await;
    }
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_stopped() {
    let task = Task { limit: Some(Duration::from_millis(50)), ..bash("sleep 600") };

    assert_eq!(heard(&task, CancellationToken::new()).await.0.status, Status::TookTooLong);
}

#[tokio::test]
async fn what_a_task_leaves_in_its_session_ends_with_it() {
    let temp = tempfile::tempdir().unwrap();
    let ids = temp.path().join("ids");
    let task = bash(&format!("sleep 600 >/dev/null 2>&1 & echo $! >{}", ids.display()));

    assert!(heard(&task, CancellationToken::new()).await.0.well());

    gone(&written(&ids).await).await;
}

#[tokio::test]
async fn a_caller_that_is_gone_takes_its_task_along() {
    let temp = tempfile::tempdir().unwrap();
    let ids = temp.path().join("ids");
    let task = stubborn("", &ids);

    let written = tokio::select! {
        _ = heard(&task, CancellationToken::new()) => unreachable!("it never ends by itself"),
        ids = written(&ids) => ids,
    };

    gone(&written).await;
}

/// Its task may be on its way in; whoever started it then has to end it, its children included.
#[tokio::test]
async fn a_caller_that_is_gone_at_once_takes_its_task_along() {
    for pause in 0..40 {
        let temp = tempfile::tempdir().unwrap();
        let ids = temp.path().join("ids");
        let task = stubborn("", &ids);
        tokio::select! {
            biased;
            _ = heard(&task, CancellationToken::new()) => unreachable!("it never ends by itself"),
            () = tokio::time::sleep(Duration::from_micros(pause * 250)) => {}
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        if ids.exists() {
            gone(&written(&ids).await).await;
        }
    }
}

/// The worker threads of this program come and go; its tasks must not go with them.
#[tokio::test]
async fn a_task_outlives_the_thread_that_asked_for_it() {
    let asked = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { heard(&bash("sleep 0.3; echo done"), CancellationToken::new()).await })
    });
    let (ended, lines, _) = tokio::task::spawn_blocking(move || asked.join().unwrap()).await.unwrap();

    assert_eq!((ended.status, lines), (Status::Exited(0), vec!["done".to_owned()]));
}

const VICTIM: &str = "CHILD_TEST_VICTIM";

#[tokio::test]
async fn a_killed_program_takes_its_task_along() {
    if let Some(ids) = std::env::var_os(VICTIM) {
        // This is the program that will be killed: this test, started once more.
        heard(&stubborn("", &PathBuf::from(ids)), CancellationToken::new()).await;
        unreachable!("it is killed before");
    }
    let temp = tempfile::tempdir().unwrap();
    let ids = temp.path().join("ids");
    let this = std::env::current_exe().unwrap();
    let mut victim = Task::new([this.as_os_str()]).env(VICTIM, &ids).env("TMPDIR", temp.path());
    victim.argv.extend(["--exact".into(), "a_killed_program_takes_its_task_along".into()]);
    let (written, stop) = (written(&ids), CancellationToken::new());

    let kill = async {
        let ids = written.await;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", ids[0])).unwrap();
        let parent: i32 = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(parent), nix::sys::signal::Signal::SIGKILL)
            .unwrap();
        ids
    };
    let ((ended, _, _), ids) = tokio::join!(heard(&victim, stop), kill);

    assert_eq!(ended.status, Status::Signalled(9));
    gone(&ids[..1]).await;
    // On the bare host the kernel knows only the task itself; a place with a process namespace ends the rest too.
    let rest = nix::unistd::Pid::from_raw(ids[1].parse().unwrap());
    nix::sys::signal::kill(rest, nix::sys::signal::Signal::SIGKILL).unwrap();
}
