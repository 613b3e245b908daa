//! What keeps a tester out of an image.

use std::path::PathBuf;
use std::time::Duration;

use imaging::testing::Unwatched;
use imaging::{ImageTester, ImageType, TestRequest, Tested};
use qemu::Accel;
use tester_vm::{Settings, VmTester};

use crate::base::{PATIENCE, Scene};
use crate::program::make_key;

/// Tests a copy of the base image by a script, with this key; returns the first failure.
async fn failure(scene: &Scene, script: &str, key: PathBuf, silence: Duration) -> String {
    std::fs::write(scene.path("tests.sh"), script).unwrap();
    let settings = Settings {
        script: Some(scene.path("tests.sh")),
        key: Some(key),
        wait: PATIENCE,
        silence,
        accel: Accel::Tcg,
        ..Settings::default()
    };
    std::fs::create_dir(scene.path("images")).unwrap();
    std::fs::copy(&scene.settings.base, scene.path("images/n.qcow2")).unwrap();
    let request = TestRequest {
        name: "n".into(),
        image: "images/n.qcow2".into(),
        image_type: ImageType::Qcow2,
        arch: "x86_64".into(),
        packages: Vec::new(),
    };

    let tester = VmTester::new(scene.temp.path().into(), settings);
    let Ok(Tested::Ran(report)) = tester.test(&request, &Unwatched).await else { panic!("it boots") };

    scene.until_nothing_is_left().await;
    report.first_failure().unwrap()
}

#[tokio::test]
async fn a_key_the_image_does_not_know_fails_its_boot() {
    let scene = Scene::new();
    let key = scene.path("other");
    make_key(&key);

    let reason = failure(&scene, "true\n", key, Settings::default().silence).await;

    assert!(
        reason.starts_with("boot: the image does not let root in by the key ")
            && reason.contains("other.pub belongs into a line `sshkey --username=root` of its kickstart"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_system_that_hangs_under_its_test_has_failed_it() {
    let scene = Scene::new();
    let script = "echo 8 >/proc/sys/kernel/printk; echo c >/proc/sysrq-trigger\n";

    let reason = failure(&scene, script, scene.settings.key.clone(), Duration::from_secs(16)).await;

    let words = "run the script: the machine answers no more: it has said nothing for 16 s";
    assert!(reason.starts_with(words), "{reason}");
}
