//! Builds that do not come to their end leave nothing running, and nothing outside their folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::Scene;
use child::{Listen, Status, Task};
use imaging::{Build, ImageBuilder, ImageType};
use tokio_util::sync::CancellationToken;

/// A kickstart whose build stays in a script; MARK tells its processes from all others.
const STAYS: &str =
    "REPO\n%packages\nbusybox\n%end\n%post\nsetsid sleep MARK &\necho script is running\nsleep MARK\n%end\n";

/// Counts processes that have `mark` as an argument.
fn running(mark: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.map(|entry| std::fs::read(entry.path().join("cmdline")).unwrap_or_default());
    lines.filter(|line| line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes())).count()
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_stopped_build_is_gone_within_five_seconds() {
    let scene = Scene::new(ImageType::Raw, &STAYS.replace("MARK", "86411"));
    let stop = async {
        until("the script", || running("86411") == 2).await;
        scene.stop.cancel();
        Instant::now()
    };

    let (build, asked) = tokio::join!(scene.build(), stop);

    assert_eq!(build, Build::Stopped);
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    until("the end of its processes", || running("86411") == 0).await;
    assert_eq!(scene.files(), ["log"]);
}

const VICTIM: &str = "BUILDER_TEST_VICTIM";

#[tokio::test]
async fn a_killed_builder_leaves_only_its_folder_which_can_be_swept() {
    let mut scene = Scene::new(ImageType::Raw, &STAYS.replace("MARK", "86412"));
    if let Some(folder) = std::env::var_os(VICTIM) {
        // This is the program that will be killed: this test, started once more.
        scene.request.folder = PathBuf::from(folder);
        scene.request.log = scene.request.folder.join("log");
        scene.build().await;
        unreachable!("it is killed before");
    }
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
    let this = std::env::current_exe().unwrap();
    let mut victim = Task::new([this.as_os_str()])
        .env(VICTIM, &scene.request.folder)
        .env("IMG_DEMO_REPO", crate::support::repo())
        .env("TMPDIR", scene.temp());
    victim.argv.extend([
        "--exact".into(),
        "ends::a_killed_builder_leaves_only_its_folder_which_can_be_swept".into(),
    ]);
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let kill = async {
        until("the script", || running("86412") == 2).await;
        // SIGKILL to the program itself: the kernel ends what it started.
        nix_kill(&this, &scene.request.folder);
    };

    let (ended, ()) = tokio::join!(child::run(&victim, &listen), kill);

    assert_eq!(ended.unwrap().status, Status::Signalled(9));
    until("the end of its processes", || running("86412") == 0).await;
    assert_eq!(std::fs::read_to_string("/proc/mounts").unwrap(), mounts);
    assert_eq!(scene.files(), ["log", "work"], "no half image under a final name");
    scene.builder().sweep(&scene.request.folder).await.unwrap();
    assert!(!scene.request.folder.exists());
}

/// Kills the process that runs this test for `folder`.
fn nix_kill(this: &Path, folder: &Path) {
    let mark = format!("{VICTIM}={}", folder.display());
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut victims = processes.filter(|entry| {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let same = std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == this);
        same && environment.split(|byte| *byte == 0).any(|line| line == mark.as_bytes())
    });
    let victim = victims.next().expect("the victim runs").file_name().into_string().unwrap();
    crate::support::tool(&["kill", "-KILL", &victim]);
}

#[tokio::test]
async fn a_build_finds_what_an_earlier_one_left_and_begins_anew() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages\nsetup\n%end\n");
    std::fs::create_dir_all(scene.file("work/root/stale")).unwrap();

    scene.made().await;

    let list = crate::support::tool(&["tar", "-tzf", scene.file("demo.tar.gz").to_str().unwrap()]);
    assert!(!list.contains("stale"));
}

#[tokio::test]
async fn two_builds_side_by_side_share_a_cache() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages\nsetup\n%end\n");
    let mut other = Scene::new(ImageType::Fs, "REPO\n%packages\nbusybox\n%end\n");
    other.request.name = imaging::ImageName::parse("other").unwrap();
    let builder = scene.builder();

    let (one, two) =
        tokio::join!(builder.build(&scene.request, &scene), builder.build(&other.request, &other));

    assert!(matches!((one.unwrap(), two.unwrap()), (Build::Made(_), Build::Made(_))));
}

#[tokio::test]
async fn a_cache_whose_maker_was_killed_in_the_middle_serves_the_next() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages\nsetup\n%end\n");
    std::fs::create_dir_all(scene.temp().join("cache/slot-0")).unwrap(); // made, and not given to the users of builds

    scene.made().await;

    let kept = std::fs::read_dir(scene.temp().join("cache/slot-0")).unwrap().count();
    assert!(kept > 0, "it was used");
}

#[tokio::test]
async fn a_build_that_memory_does_not_hold_is_done_again_on_the_disk() {
    const GROWS: &str = "REPO\n%packages\nbusybox\n%end\n%post --nochroot --erroronfail\nset -e\n\
        dd if=/dev/zero of=$INSTALL_ROOT/much bs=1M count=500 status=none\nrm $INSTALL_ROOT/much\n\
        touch $INSTALL_ROOT/all-written\n%end\n";
    let scene = Scene::new(ImageType::Loop, GROWS);

    let made = scene.made().await;

    assert!(scene.log().contains("once more, on the disk"), "{}", scene.log());
    assert!(made.warnings.iter().all(|warning| !warning.contains("ended with")), "{:?}", made.warnings);
    let image = scene.request.folder.join(made.image_file);
    let list =
        child::quick(&["debugfs".as_ref(), "-R".as_ref(), "ls -p /".as_ref(), image.as_os_str()]).unwrap();
    assert!(String::from_utf8_lossy(&list.stdout).contains("/all-written/"), "{list:?}");
}

#[tokio::test]
async fn a_script_that_fills_the_memory_and_says_nothing_of_it_is_run_again_on_the_disk() {
    const HIDES: &str = "REPO\n%packages\nbusybox\n%end\n%post --nochroot\n\
        head -c 500000000 /dev/zero >/build/much 2>/dev/null\nsleep 2\n\
        stat -c %s /build/much >$IMG_OUT_DIR/written\nrm /build/much\n%end\n";
    let scene = Scene::new(ImageType::Loop, HIDES);

    scene.made().await;

    assert_eq!(std::fs::read_to_string(scene.file("written")).unwrap(), "500000000\n", "{}", scene.log());
    assert!(scene.log().contains("once more, on the disk"), "{}", scene.log());
}
