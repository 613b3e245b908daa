//! What a task on the host is, and what is left of it.
//!
//! Whoever runs these tests and is neither root nor made root by sudo is refused by the place: then each test is about
//! that sentence.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use child::{ChildError, Ended, Listen, Place, Status, Task};
use place_host::Host;
use tokio_util::sync::CancellationToken;

/// Says whether the place is to work for who runs the tests; unset where that is not known.
const EXPECTED: &str = "HOST_TEST_EXPECTED";

/// A place, and a folder for what tasks write.
struct Scene {
    place: Host,
    temp: tempfile::TempDir,
}

impl Scene {
    /// Makes a scene; none where nobody may be root, which the place has to say.
    async fn new() -> Option<Scene> {
        let scene = Scene { place: Host::new(), temp: tempfile::tempdir().unwrap() };
        let works = scene.place.check();
        if let Ok(expected) = std::env::var(EXPECTED) {
            assert_eq!(works.is_ok(), expected == "works", "{works:?}");
        }
        match works {
            Ok(()) => Some(scene),
            Err(reason) => {
                assert!(!nix::unistd::geteuid().is_root(), "root may do anything here: {reason}");
                assert!(reason.contains("NOPASSWD"), "{reason}");
                let refused = scene.run(&bash("true"), CancellationToken::new()).await;
                assert!(matches!(refused, Err(ChildError::Place(_))), "{refused:?}");
                None
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    async fn run(&self, task: &Task, stop: CancellationToken) -> Result<Ended, ChildError> {
        self.place.run(task, &Listen { log: &self.path("log"), line: &|_| {}, stop }).await
    }

    async fn says(&self, task: &Task) -> String {
        let task = Task { keep_output: Some(10_000), ..task.clone() };
        let ended = self.run(&task, CancellationToken::new()).await.unwrap();
        assert!(ended.well(), "{ended:?}");
        String::from_utf8(ended.output).unwrap().trim_end().to_owned()
    }
}

fn bash(script: &str) -> Task {
    Task::new(["bash", "-c", script])
}

/// Starts a program and a child of it that both want to stay, on a file system of their own, and notes that it did.
fn stubborn(mark: &Path) -> Task {
    bash(&format!(
        "trap '' TERM; mkdir -p {0}.mnt && mount -t tmpfs {1} {0}.mnt || exit 3; exec -a {1} sleep 600 & \
         trap '' TERM; touch {0}; while :; do wait; sleep 1; done",
        mark.display(),
        name_of(mark),
    ))
}

/// What processes and mounts of a scene can be found by.
fn name_of(mark: &Path) -> String {
    let folder = mark.parent().unwrap().file_name().unwrap().to_string_lossy();
    format!("stays-{}", folder.trim_start_matches('.'))
}

/// Every process that has this in its arguments, and every mount of this name.
fn left(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        if words.contains(name) && entry.file_name() != std::process::id().to_string().as_str() {
            found.push(words);
        }
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    found.extend(mounts.lines().filter(|line| line.contains(name)).map(str::to_owned));
    found
}

async fn gone(name: &str, patience: Duration) {
    let start = Instant::now();
    while !left(name).is_empty() {
        assert!(start.elapsed() < patience, "{:?}", left(name));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn there(mark: &Path) {
    while !mark.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_task_is_root_and_nothing_of_it_is_seen_outside() {
    let Some(scene) = Scene::new().await else { return };
    let mounted = scene.path("mounted");

    let said = scene
        .says(&bash(&format!(
            "id -u; ls -d /proc/[0-9]* | wc -l; mkdir {0} && mount -t tmpfs x {0} && touch {0}/inside && ls {0}; env | sort",
            mounted.display()
        )))
        .await;

    let lines: Vec<_> = said.lines().collect();
    assert_eq!((lines[0], lines[2]), ("0", "inside"), "{said}");
    assert!(lines[1].parse::<u32>().unwrap() < 12, "its own processes only: {said}");
    assert!(lines.contains(&"LANG=C.UTF-8") && !said.contains("CARGO"), "{said}");
    assert_eq!(std::fs::read_dir(&mounted).unwrap().count(), 0, "the mount was its own");
}

#[tokio::test]
async fn words_stay_words_and_the_program_decides_the_status() {
    let Some(scene) = Scene::new().await else { return };
    let words = ["printf", "%s|", "a b", "$(id)", "'", "*", ";", "-n", ""];
    assert_eq!(scene.says(&Task::new(words)).await, "a b|$(id)|'|*|;|-n||");

    for (script, expected) in [("exit 7", 7), ("kill -TERM $$", 143), ("cat; exit 3", 3)] {
        let ended = scene.run(&bash(script), CancellationToken::new()).await.unwrap();
        assert_eq!(ended.status, Status::Exited(expected), "{script}");
    }
    let missing = scene.run(&Task::new(["/no/such/program"]), CancellationToken::new()).await.unwrap();
    assert_eq!(missing.status, Status::Exited(127), "{missing:?}");
}

#[tokio::test]
async fn whatever_ends_a_task_takes_all_of_it_along() {
    let Some(scene) = Scene::new().await else { return };
    let mark = scene.path("stopped");
    let (task, stop) = (stubborn(&mark), CancellationToken::new());

    let (ended, stopped) = tokio::join!(scene.run(&task, stop.clone()), async {
        there(&mark).await;
        assert!(!left(&name_of(&mark)).is_empty(), "the test sees what it looks for");
        stop.cancel();
        Instant::now()
    });

    assert_eq!(ended.unwrap().status, Status::Stopped);
    gone(&name_of(&mark), Duration::from_secs(5).saturating_sub(stopped.elapsed())).await;
    assert!(stopped.elapsed() < Duration::from_secs(5), "{:?}", stopped.elapsed());

    let limited = Task { limit: Some(Duration::from_millis(500)), ..stubborn(&scene.path("limited")) };
    let ended = scene.run(&limited, CancellationToken::new()).await.unwrap();
    assert_eq!(ended.status, Status::TookTooLong);
    gone(&name_of(&mark), Duration::from_secs(2)).await;

    let mark = scene.path("dropped");
    let task = stubborn(&mark);
    tokio::select! {
        ended = scene.run(&task, CancellationToken::new()) => unreachable!("{ended:?}"),
        () = there(&mark) => {}
    }
    gone(&name_of(&mark), Duration::from_secs(5)).await;
}

const VICTIM: &str = "HOST_TEST_VICTIM";

#[tokio::test]
async fn a_killed_program_takes_its_task_along() {
    if let Some(mark) = std::env::var_os(VICTIM) {
        // This is the program that will be killed: this test, started once more.
        let mark = PathBuf::from(mark);
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let _ = Host::new().run(&stubborn(&mark), &listen).await;
        unreachable!("it is killed before");
    }
    let Some(scene) = Scene::new().await else { return };
    let mark = scene.path("mark");
    let mut victim = std::process::Command::new(std::env::current_exe().unwrap());
    victim.args(["--exact", "a_killed_program_takes_its_task_along"]).env(VICTIM, &mark);
    #[expect(clippy::disallowed_methods, reason = "it must be killed, not ended")]
    let mut victim = victim.stdout(std::process::Stdio::null()).spawn().unwrap();
    there(&mark).await;
    assert!(!left(&name_of(&mark)).is_empty());

    victim.kill().unwrap();
    victim.wait().unwrap();

    gone(&name_of(&mark), Duration::from_secs(5)).await;
}

#[tokio::test]
async fn folders_are_ours_and_go_whatever_root_put_into_them() {
    let Some(scene) = Scene::new().await else { return };
    let folder = scene.path("work");
    scene.place.make_folder(&folder).await.unwrap();
    let script =
        format!("cd {} && mkdir -m 0700 deep && touch deep/file image && chmod 600 image", folder.display());
    scene.says(&bash(&script)).await;

    scene.place.take_over(&folder.join("image")).await.unwrap();

    let about = std::fs::metadata(folder.join("image")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&about), nix::unistd::geteuid().as_raw());
    scene.place.remove(&folder).await.unwrap();
    assert!(!folder.exists());
    scene.place.remove(&folder).await.unwrap();
}

#[tokio::test]
async fn a_task_reads_nothing_and_says_so() {
    let Some(scene) = Scene::new().await else { return };
    let task = Task { stdin: b"x".to_vec(), ..bash("cat") };

    let refused = scene.run(&task, CancellationToken::new()).await;

    assert!(matches!(refused, Err(ChildError::Place(_))), "{refused:?}");
}

/// Runs every test above again as the user nobody, with the real sudo and an /etc/sudoers that only this test sees.
#[tokio::test]
async fn an_ordinary_user_does_all_of_this_by_sudo_or_is_told_how() {
    let Some(scene) = Scene::new().await else { return };
    let program = scene.path("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for (line, expected) in
        [("nobody ALL=(root) NOPASSWD: /usr/bin/unshare", "works"), ("root ALL=(ALL) ALL", "is refused")]
    {
        let sudoers = scene.path("sudoers");
        std::fs::write(&sudoers, format!("{line}\n")).unwrap();
        let script = r#"set -e
            chmod 755 "$1"; chown root:root "$1/sudoers"; chmod 440 "$1/sudoers"
            mount --bind "$1/sudoers" /etc/sudoers
            mkdir -p -m 777 "$1/tmp"; chmod 1777 "$1/tmp"
            exec setpriv --reuid=nobody --regid=nogroup --clear-groups env TMPDIR="$1/tmp" HOST_TEST_EXPECTED="$2" "$1/tests" --nocapture --test-threads=2 \
                --skip an_ordinary_user"#;
        let mut task = bash(script);
        task.argv.extend(["as-nobody".into(), scene.temp.path().into(), expected.into()]);
        let task = Task { keep_output: Some(100_000), ..task };

        let ended = scene.run(&task, CancellationToken::new()).await.unwrap();

        let said = String::from_utf8_lossy(&ended.output);
        assert!(ended.well(), "{expected}: {ended:?}\n{said}");
        assert!(said.contains("6 passed"), "{expected}: {said}");
    }
}
