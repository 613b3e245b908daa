//! How a build ends that does not come to its end, and what is left then: nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use imaging::{Build, ImageBuilder, ImageType};

use crate::support::{REPO, Scene, Waiting, again, files, there};

/// A kickstart whose script says that it runs, by a file, and does not want to end.
fn stubborn(mark: &Path) -> String {
    format!(
        "part / --size=9 --ondisk=sda\n{REPO}%post --nochroot\ntrap '' TERM INT\n(trap '' TERM; sleep 600) &\ntouch {}\nwhile :; do sleep 1; done\n%end\n",
        mark.display()
    )
}

#[tokio::test]
async fn whoever_stops_a_build_has_nothing_left_of_it_within_five_seconds() {
    let Some(scene) = Scene::new("stop").await else { return };
    let mark = scene.temp.path().join("mark");
    for image_type in [ImageType::Raw, ImageType::Fs] {
        let request = scene.request(image_type.as_str(), &stubborn(&mark), image_type, &[]);
        let (builder, waiting) = (scene.builder(), Waiting::default());
        let stop = async {
            there(&mark).await;
            assert!(!scene.left().is_empty(), "the test sees what it looks for");
            waiting.0.cancel();
            Instant::now()
        };

        let (built, stopped) = tokio::join!(builder.build(&request, &waiting), stop);

        assert_eq!(built.unwrap(), Build::Stopped);
        assert!(stopped.elapsed() < Duration::from_secs(5), "{:?}", stopped.elapsed());
        assert_eq!(scene.left(), [""; 0]);
        assert_eq!(files(&request.folder), ["demo.log 644"]);
        std::fs::remove_file(&mark).unwrap();
    }
}

#[tokio::test]
async fn a_mic_that_is_killed_in_the_middle_leaves_nothing() {
    let Some(scene) = Scene::new("killed").await else { return };
    for (signal, words) in [
        ("TERM", "mic was ended by SIGTERM"),
        ("KILL", "mic was ended by SIGKILL"),
        // it leaves a device whose file is gone
        ("INT", "mic was interrupted by SIGINT"),
    ] {
        let script = format!(
            "(trap '' TERM; sleep 600) & losetup --list >$INSTALL_ROOT/../../../devices; kill -{signal} $PPID; sleep 1"
        );
        let kickstart = format!("part / --size=9 --ondisk=sda\n{REPO}%post --nochroot\n{script}\n%end\n");

        let reason = scene.reason(&kickstart, ImageType::Raw, &[]).await;

        assert!(reason.contains(words), "{reason}");
    }
}

#[tokio::test]
async fn a_repository_that_never_answers_is_given_up_with_a_sentence() {
    let Some(mut scene) = Scene::new("hangs").await else { return };
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap(); // connects, and says nothing
    let address = server.local_addr().unwrap();
    scene.settings.limit = Some(Duration::from_secs(8));

    let reason = scene
        .reason(&format!("repo --name=x --baseurl=http://{address}/x\n{REPO}"), ImageType::Loop, &[])
        .await;

    assert!(
        reason.starts_with("mic took longer than a build may ([worker] timeout, 8 s); the last it said was: Retrieving http://"),
        "{reason}"
    );
    assert!(reason.ends_with("a repository may not answer"), "{reason}");
}

const VICTIM: &str = "MIC_TEST_VICTIM";

#[tokio::test]
async fn what_a_killed_program_left_is_taken_back_by_the_next_build_of_any_image() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        // This is the program that will be killed: this test, started once more.
        let folder = PathBuf::from(folder);
        let mut scene = Scene::without_root("victim");
        scene.settings.cache = folder.join("cache");
        scene.settings.tmp = Some(folder.join("tmp"));
        let mut request = scene.request("x", &stubborn(&folder.join("mark")), ImageType::Raw, &[]);
        request.folder = folder.join("dead");
        request.log = request.folder.join("demo.log");
        let _ = scene.builder().build(&request, &Waiting::default()).await;
        unreachable!("it is killed before");
    }
    let Some(mut scene) = Scene::new("dies").await else { return };
    for folder in ["tmp", "dead"] {
        std::fs::create_dir(scene.temp.path().join(folder)).unwrap();
    }
    scene.settings.tmp = Some(scene.temp.path().join("tmp"));
    let mut victim = std::process::Command::new(std::env::current_exe().unwrap());
    victim.args(["--exact", "ends::what_a_killed_program_left_is_taken_back_by_the_next_build_of_any_image"]);
    victim.env(VICTIM, scene.temp.path()).stdout(std::process::Stdio::null());
    #[expect(clippy::disallowed_methods, reason = "it must be killed, not ended")]
    let mut victim = victim.spawn().unwrap();
    there(&scene.temp.path().join("mark")).await;

    victim.kill().unwrap();
    victim.wait().unwrap();

    let start = Instant::now();
    while scene.left().iter().any(|left| !left.starts_with("loop")) {
        assert!(start.elapsed() < Duration::from_secs(5), "processes and mounts: {:?}", scene.left());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!scene.left().is_empty(), "loop devices outlive everything, or this test shows nothing");

    let built = scene.build(REPO, ImageType::Fs, &[]).await; // looks that nothing is left

    assert!(matches!(built, Build::Made(_)), "{built:?}");
    assert_eq!(std::fs::read_dir(scene.temp.path().join("tmp")).unwrap().count(), 0);
    assert!(!scene.temp.path().join("dead/work").exists());
}

#[tokio::test]
async fn what_a_killed_program_left_goes_with_its_folder() {
    let Some(scene) = Scene::new("swept").await else { return };
    let mark = scene.temp.path().join("mark");
    let request = scene.request("image", &stubborn(&mark), ImageType::Raw, &[]);
    let (builder, waiting) = (scene.builder(), Waiting::default());
    tokio::select! {
        built = builder.build(&request, &waiting) => unreachable!("{built:?}"),
        () = there(&mark) => {} // and the build is dropped, as if by a panic
    }

    assert!(builder.was_in(&request.folder));
    builder.sweep(&request.folder).await.unwrap();

    assert!(!request.folder.exists());
    scene.until_nothing_is_left(Duration::from_secs(5)).await;
}

const SMALL: &str = "MIC_TEST_SMALL";

#[tokio::test]
async fn a_disk_that_fills_up_is_said_in_numbers() {
    if let Some(small) = std::env::var_os(SMALL) {
        // This is this test once more, where there is a small file system.
        let mut scene = Scene::new("full").await.unwrap();
        scene.settings.tmp = Some(small.into());
        let kickstart = format!(
            "part / --size=9\n{REPO}%post --nochroot\nhead -c 7M /dev/urandom >$INSTALL_ROOT/x\n%end\n"
        );

        let reason = scene.reason(&kickstart, ImageType::Loop, &[]).await;

        assert!(
            reason.starts_with("no room on the disk: ") && reason.contains(" MB are free where mic works"),
            "{reason}"
        );
        return;
    }
    let Some(scene) = Scene::new("small").await else { return };
    let script = r#"mkdir "$1/small"; mount -t tmpfs -o size=5m small "$1/small"; export MIC_TEST_SMALL="$1/small"
        exec "$1/tests" "${@:2}""#;
    let said = again(&scene, script, &["--exact", "ends::a_disk_that_fills_up_is_said_in_numbers"]).await;
    assert!(said.contains("1 passed"), "{said}");
}
