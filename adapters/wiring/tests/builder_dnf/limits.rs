//! What one build may take of the disk, and that it ends with a sentence when it wants more.

use builder_dnf::Limits;
use child::Most;
use imaging::{Build, ImageBuilder, ImageType};

use crate::support::Scene;

async fn reason(scene: &Scene, limits: Limits) -> String {
    let built = scene.builder().within(limits).build(&scene.request, scene).await.unwrap();
    let Build::Failed { reason } = built else { panic!("{built:?}\n{}", scene.log()) };
    let left: Vec<_> = scene.all_files().into_iter().filter(|name| name != "log").collect();
    assert!(left.is_empty(), "{left:?}");
    reason
}

fn post(script: &str) -> Scene {
    let text = format!("REPO\n%packages\nbusybox\nfilesystem\n%end\n%post\n{script}\n%end\n");
    Scene::new(ImageType::Fs, &text)
}

#[tokio::test]
async fn a_script_that_writes_without_end_ends_with_its_build_and_leaves_nothing() {
    let limits = Limits { disk: Some(200_000_000), ..Limits::default() };
    for script in [
        // into folders that only somebody else may look into, as root of the image may make them
        "mkdir -m 700 /x; chown 77 /x; n=0; while :; do head -c 20000000 /dev/zero >/x/$n; n=$((n+1)); done",
        // one file, whose growth the kernel ends; the script goes on
        "while :; do cat /dev/zero >/x; cat /dev/zero >/y; sleep 1; done",
    ] {
        let scene = post(script);

        let why = reason(&scene, limits).await;

        assert!(
            why.starts_with("the build took ")
                && why.contains(" and may take 200 MB; raise [worker] disk_limit"),
            "{why}"
        );
        assert!(!scene.file("work").exists());
    }
}

#[tokio::test]
async fn a_build_that_stays_below_its_limit_is_made() {
    let limits = Limits { disk: Some(500_000_000), keep_free: 1_000_000, ..Limits::default() };
    // a disk may be much larger than what is in it
    let text = "REPO\npart / --size=2000\n%packages\nbusybox\nfilesystem\n%end\n%pack\ncp --sparse=always $IMG_OUT_DIR/demo.img x && mv x $IMG_OUT_DIR/demo.img\n%end\n";
    let scene = Scene::new(ImageType::Loop, text);

    let built = scene.builder().within(limits).build(&scene.request, &scene).await.unwrap();

    let Build::Made(made) = built else { panic!("{built:?}\n{}", scene.log()) };
    assert_eq!(made.warnings, [""; 0]);
}

#[tokio::test]
async fn a_build_is_refused_before_anything_runs_when_too_little_would_stay_free() {
    let scene = post("true");

    let why = reason(&scene, Limits { keep_free: u64::MAX / 2, ..Limits::default() }).await;

    assert!(why.starts_with("no room on the disk: 68 MB needed, and "), "{why}");
    assert!(why.contains(" to stay free ([worker] keep_free), ") && why.contains(" free in "), "{why}");
    assert_eq!(scene.log(), "");
}

#[tokio::test]
async fn packages_that_take_more_than_a_build_may_are_not_installed() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages\n@demo-base\nkernel\n%end\n");

    let why = reason(&scene, Limits { disk: Some(70_000_000), ..Limits::default() }).await;

    assert!(why.starts_with("the build needs ") && why.contains("[worker] disk_limit"), "{why}");
    assert!(!scene.steps.lock().unwrap().iter().any(|step| step.name == "installing packages"));
}

#[tokio::test]
async fn a_build_without_processes_says_which_line_gives_it_more() {
    let most = |processes| Limits {
        most: Most { processes: Some(processes), ..Most::default() },
        ..Limits::default()
    };
    let of_dnf = reason(&post("true"), most(1)).await;
    let script = "for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do sleep 9 & done; wait";
    let scene = Scene::new(
        ImageType::Fs,
        &format!("REPO\n%packages\nbusybox\nfilesystem\n%end\n%post --erroronfail\n{script}\n%end\n"),
    );
    let of_script = reason(&scene, most(20)).await;

    assert!(
        of_dnf.starts_with("no further process could be started, and [worker] process_limit"),
        "{of_dnf}"
    );
    assert!(of_dnf.contains(" have 1 at once: raise it"), "{of_dnf}");
    assert!(of_script.starts_with("%post (line 6) failed with "), "{of_script}");
    assert!(of_script.contains("[worker] process_limit lets a build have 20 at once"), "{of_script}");
}
