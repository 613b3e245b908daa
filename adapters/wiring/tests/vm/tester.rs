//! What keeps a tester out of an image.

use imaging::testing::Unwatched;
use imaging::{ImageTester, ImageType, TestRequest, Tested};
use qemu::Accel;
use tester_vm::{Settings, VmTester};

use crate::base::{PATIENCE, Scene};
use crate::program::make_key;

#[tokio::test]
async fn a_key_the_image_does_not_know_fails_its_boot() {
    let scene = Scene::new();
    std::fs::write(scene.path("tests.sh"), "true\n").unwrap();
    make_key(&scene.path("other"));
    let settings = Settings {
        script: Some(scene.path("tests.sh")),
        key: Some(scene.path("other")),
        wait: PATIENCE,
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

    let reason = report.first_failure().unwrap();
    assert!(
        reason.starts_with("boot: the image does not let root in by the key ")
            && reason.contains("other.pub belongs into a line `sshkey --username=root` of its kickstart"),
        "{reason}"
    );
    scene.until_nothing_is_left().await;
}
