//! What a task sees, may change, and leaves behind in a user namespace.

mod ends;
mod killed;

use std::path::{Path, PathBuf};

use child::{Ended, Listen, Network, Place, Priority, Shown, Sight, Task};
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

/// A place, and a folder a task may change.
struct Scene {
    place: Userns,
    _temp: tempfile::TempDir,
    folder: PathBuf,
}

impl Scene {
    async fn new() -> Scene {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("work");
        let place = Userns::new();
        place.check().expect("user namespaces work on the machine that runs the tests");
        place.make_folder(&folder).await.unwrap();
        Scene { place, _temp: temp, folder }
    }

    fn task(&self, script: &str) -> Task {
        let sight = Sight { writes: vec![Shown::here(&self.folder)], ..Sight::default() };
        Task {
            cwd: self.folder.clone(),
            keep_output: Some(10_000),
            ..Task::new(["bash", "-c", script]).sees(sight)
        }
    }

    async fn run(&self, task: &Task) -> Ended {
        self.stoppable(task, CancellationToken::new()).await
    }

    async fn stoppable(&self, task: &Task, stop: CancellationToken) -> Ended {
        let log = self._temp.path().join("log");
        self.place.run(task, &Listen { log: &log, line: &|_| {}, stop }).await.unwrap()
    }

    /// What the same script says outside, with the priority of this test.
    async fn ours(&self, script: &str) -> String {
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let ended = child::run(&self.task(script), &listen).await.unwrap();
        String::from_utf8(ended.output).unwrap().trim_end().to_owned()
    }

    async fn says(&self, script: &str) -> String {
        let ended = self.run(&self.task(script)).await;
        assert!(ended.well(), "{script}: {ended:?}");
        String::from_utf8(ended.output).unwrap().trim_end().to_owned()
    }
}

#[tokio::test]
async fn a_task_is_root_with_65536_ids_of_its_own() {
    let scene = Scene::new().await;

    let said = scene.says("id -u; touch a && chown 8:65535 a && stat -c %u:%g a; awk '{n += $3} END {print n}' /proc/self/uid_map").await;

    assert_eq!(said, "0\n8:65535\n65536");
    let outside = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(scene.folder.join("a")).unwrap());
    assert!(outside >= 100_000, "on the host the file belongs to nobody of consequence, not to {outside}");
    scene.place.remove(&scene.folder).await.unwrap();
    assert!(!scene.folder.exists());
}

#[tokio::test]
async fn tasks_stand_back_behind_others() {
    let mut scene = Scene::new().await;
    scene.place = Userns::new().behind_others(Priority { nice: 7, idle_io: true });

    let said = scene.says("nice; ionice -p $$").await;

    let before = scene.ours("nice; ionice -p $$").await;
    let nice: i32 = before.lines().next().unwrap().parse().unwrap();
    assert_eq!(said, format!("{}\nidle", (nice + 7).min(19)));
    assert!(!before.ends_with("idle"), "{before}");
}

#[tokio::test]
async fn file_capabilities_and_setuid_bits_can_be_given() {
    let scene = Scene::new().await;

    let said = scene
        .says("cp /bin/true t && setcap cap_net_raw=ep t && getcap t && chmod 4755 t && stat -c %a t")
        .await;

    assert_eq!(said, "t cap_net_raw=ep\n4755");
}

#[tokio::test]
async fn the_host_is_read_only_and_its_secrets_are_not_there() {
    let scene = Scene::new().await;
    let secret = scene._temp.path().join("secret");
    std::fs::write(&secret, "x").unwrap();

    for hidden in [
        "/etc/shadow",
        "/etc/skynet",
        "/etc/imager",
        "/etc/imger",
        "/etc/ssh",
        "/home",
        "/root",
        "/var/lib",
        "/sys",
    ]
    .map(Path::new)
    .into_iter()
    .chain([secret.as_path()])
    {
        assert_eq!(scene.says(&format!("test -e {} || echo hidden", hidden.display())).await, "hidden");
    }
    for kept in ["/usr/x", "/etc/x", "/x", "/usr/bin/x"] {
        assert_eq!(scene.says(&format!("touch {kept} 2>/dev/null || echo kept")).await, "kept", "{kept}");
    }
    assert_eq!(scene.says("mount -o remount,rw,bind /usr 2>/dev/null || echo kept").await, "kept");
    assert_eq!(scene.says("touch /tmp/x /var/tmp/x /run/x && echo private").await, "private");
    assert!(!Path::new("/run/x").exists());
}

#[tokio::test]
async fn what_may_be_read_may_not_be_changed() {
    let scene = Scene::new().await;
    let readable = scene._temp.path().join("readable");
    std::fs::create_dir(&readable).unwrap();
    std::fs::write(readable.join("file"), "text").unwrap();
    let mut task = scene.task("cat /shown/file; touch /shown/x 2>/dev/null || echo kept");
    task.sight.reads.push(Shown::at(readable, "/shown"));

    let ended = scene.run(&task).await;

    assert_eq!(String::from_utf8(ended.output).unwrap(), "textkept\n");
}

#[tokio::test]
async fn a_tree_is_furnished_for_a_chroot() {
    let scene = Scene::new().await;
    let mut task = scene
        .task("echo x >tree/dev/null && cat tree/proc/1/cmdline | head -c 1 >/dev/null && echo furnished");
    task.sight.furnished.push(scene.folder.join("tree"));

    let ended = scene.run(&task).await;

    assert_eq!(String::from_utf8(ended.output).unwrap(), "furnished\n", "{}", ended.tail);
    assert_eq!(scene.says("find tree -mindepth 1 | sort").await, "tree/dev\ntree/proc");
}

#[tokio::test]
async fn the_environment_never_reaches_what_makes_the_place() {
    let scene = Scene::new().await;
    let task = scene.task("echo $LD_PRELOAD").env("LD_PRELOAD", "/nowhere.so");

    let ended = scene.run(&task).await;

    assert_eq!(String::from_utf8(ended.output).unwrap(), "/nowhere.so\n");
    assert_eq!(ended.tail.matches("/nowhere.so").count(), 1, "only bash itself met it: {}", ended.tail);
}

#[tokio::test]
async fn loopback_of_the_host_is_there_only_when_asked_for() {
    let scene = Scene::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut task =
        scene.task(&format!("(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo reached || echo alone"));

    assert_eq!(String::from_utf8(scene.run(&task).await.output).unwrap(), "alone\n");
    task.sight.network = Network::Host;
    assert_eq!(String::from_utf8(scene.run(&task).await.output).unwrap(), "reached\n");
}

#[tokio::test]
async fn standard_streams_can_be_opened_by_name() {
    let scene = Scene::new().await;
    let mut task = scene.task("cat /dev/stdin >/dev/stdout; echo complaint >/dev/stderr");
    task.stdin = b"text".to_vec();

    let ended = scene.run(&task).await;

    assert_eq!((ended.output, ended.tail), (b"text".to_vec(), "complaint".to_owned()));
}

#[tokio::test]
async fn a_path_that_is_not_there_is_named() {
    let scene = Scene::new().await;
    let mut task = scene.task("true");
    task.sight.reads.push(Shown::here("/no/such/repository"));

    let log = scene._temp.path().join("log");
    let error = scene
        .place
        .run(&task, &Listen { log: &log, line: &|_| {}, stop: CancellationToken::new() })
        .await
        .unwrap_err();

    assert!(error.to_string().starts_with("/no/such/repository cannot be shown to bash: "), "{error}");
}

/// In a container processes have other numbers than bwrap expects: without a /proc of its own it looked up a stranger's.
#[test]
fn it_works_in_a_process_namespace_too() {
    let mut words = vec!["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    if !nix::unistd::geteuid().is_root() {
        words.extend(["--map-root-user", "--map-auto"]);
    }
    let this = std::env::current_exe().unwrap();
    let this = this.to_str().unwrap();
    // the number bwrap gives its child is nobody's outside, as in most containers
    words.extend(["bash", "-c", "for i in 1 2 3; do (:); done; exec \"$@\"", "bash"]);
    words.extend([this, "--exact", "what_may_be_read_may_not_be_changed"]);
    #[expect(clippy::disallowed_methods, reason = "this test once more, inside")]
    let output = std::process::Command::new(words[0]).args(&words[1..]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn a_folder_in_memory_is_seen_by_tasks_and_by_us_and_is_gone_with_whoever_holds_it() {
    let scene = Scene::new().await;
    let inner = scene.folder.join("memory");
    scene.place.make_folder(&inner).await.unwrap();

    let memory = scene.place.in_memory(&inner, 16 << 20).await.unwrap().expect("this kernel can");
    scene.says("echo kept >memory/file && chown 8:65535 memory/file").await;

    assert_eq!(
        scene.says("cat memory/file; stat -c %u:%g memory/file; stat -f -c %T memory").await,
        "kept\n8:65535\ntmpfs"
    );
    assert_eq!(std::fs::read_to_string(memory.path().join("file")).unwrap(), "kept\n");
    assert_eq!(
        std::fs::read_dir(&inner).unwrap().count(),
        0,
        "nothing of it is on the disk, nor mounted there"
    );
    let ended = scene.run(&scene.task("dd if=/dev/zero of=memory/much bs=1M count=17")).await;
    assert!(ended.tail.contains("No space left on device"), "{ended:?}");
    let ended = scene
        .run(&Task {
            sight: Sight { writes: vec![Shown::at(&inner, "/room")], ..Sight::default() },
            cwd: "/room".into(),
            ..scene.task("cat file")
        })
        .await;
    assert_eq!(ended.output, b"kept\n", "{ended:?}");

    drop(memory);

    assert_eq!(scene.says("ls memory").await, "");
    scene.place.remove(&scene.folder).await.unwrap();
    assert!(!scene.folder.exists());
}
