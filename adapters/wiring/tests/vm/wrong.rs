//! What keeps a machine from working, a sentence each, after which nothing is left.

use std::time::Duration;

use child::Place;
use tokio_util::sync::CancellationToken;

use crate::base::{Scene, run};
use crate::program::make_key;

#[tokio::test]
async fn a_base_image_that_is_missing_or_damaged_is_said() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    let base = scene.settings.base.clone();

    scene.settings.base = scene.path("no.qcow2");
    let reason = scene.reason().await;
    assert!(
        reason.contains("no.qcow2 cannot be read (No such file")
            && reason.contains("`img vm create-base` makes one"),
        "{reason}"
    );
    assert_eq!(scene.place().check().unwrap_err(), reason);

    scene.settings.base = base.clone();
    scene.settings.snapshot = Some(1 << 30);
    let reason = scene.reason().await;
    assert!(
        reason.ends_with("leave out [worker] vm_snapshot, and an overlay holds what a machine writes"),
        "{reason}"
    );
    scene.settings.snapshot = None;

    let bytes = std::fs::read(&base).unwrap();
    scene.settings.base = scene.path("half.qcow2");
    std::fs::write(&scene.settings.base, &bytes[..bytes.len() / 2]).unwrap();
    let reason = scene.reason().await;
    let words = "`img vm create-base --force` makes it anew";
    assert!(
        reason.contains("half.qcow2 cannot be used: it is damaged: ") && reason.contains(words),
        "{reason}"
    );
    assert_eq!(scene.place().check_all().await.unwrap_err(), reason);

    scene.settings.base = scene.path("header.qcow2");
    std::fs::write(&scene.settings.base, &bytes[..50]).unwrap();
    let reason = scene.reason().await;
    assert!(reason.contains("header.qcow2 cannot be used: "), "{reason}");

    scene.settings.base = scene.path("pipe");
    nix::unistd::mkfifo(&scene.settings.base, nix::sys::stat::Mode::S_IRUSR).unwrap();
    let reason = scene.reason().await;
    assert!(reason.contains("pipe cannot be read (it is neither a file nor a volume)"), "{reason}");
    scene.settings.base = base;
    scene.place().check_all().await.unwrap();
}

#[tokio::test]
async fn a_guest_that_never_answers_is_given_up_with_what_its_console_said() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    scene.settings.base = scene.path("nothing.raw");
    std::fs::write(&scene.settings.base, vec![0; 1 << 20]).unwrap();
    scene.settings.wait = Duration::from_secs(2);

    let reason = scene.reason().await;

    assert_eq!(
        reason,
        "the machine did not answer by ssh within 2 s; its console printed nothing\n[worker] vm_wait says how long it has"
    );
}

#[tokio::test]
async fn keys_that_are_missing_open_to_others_or_wrong_are_said() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    let key = scene.settings.key.clone();

    scene.settings.key = scene.path("no-key");
    let reason = scene.reason().await;
    assert!(reason.contains("no-key to the base image cannot be read (No such file"), "{reason}");

    scene.settings.key = scene.path("open");
    std::fs::copy(&key, &scene.settings.key).unwrap();
    std::fs::set_permissions(&scene.settings.key, std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .unwrap();
    let reason = scene.reason().await;
    assert!(reason.ends_with(&format!("chmod 600 {}", scene.settings.key.display())), "{reason}");

    std::fs::write(&scene.settings.key, "no key\n").unwrap();
    std::fs::set_permissions(&scene.settings.key, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    let reason = scene.reason().await;
    assert!(reason.contains("open to the base image is no private key that ssh can use"), "{reason}");

    scene.settings.key = scene.path("other");
    make_key(&scene.settings.key);
    let reason = scene.reason().await;
    assert!(
        reason.starts_with("the virtual machine does not know the key ")
            && reason.contains("other.pub has to be in"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_network_that_cannot_be_kept_from_this_machine_is_not_had() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    scene.settings.network = child::Network::Outside(Vec::new());

    let reason = scene.reason().await;

    assert!(
        reason.contains("leads to this one as well (at 10.0.2.2)")
            && reason.contains("scripts_network = none"),
        "{reason}"
    );
    assert_eq!(scene.place().check().unwrap_err(), reason);
}

#[tokio::test]
async fn a_port_that_is_taken_is_said() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    scene.settings.port = Some(taken.local_addr().unwrap().port());

    let reason = scene.reason().await;

    assert!(reason.contains("of this machine is taken: name another one, or none"), "{reason}");
}

#[tokio::test]
async fn whoever_loses_patience_while_a_machine_boots_leaves_none() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    let (place, task, stop) = (scene.place(), scene.task("true"), CancellationToken::new());
    let (ended, ()) = tokio::join!(run(&place, &task, stop.clone()), async {
        while scene.left().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
    });

    assert_eq!(ended.unwrap().status, child::Status::Stopped);
    scene.until_nothing_is_left().await;
}

/// A process whose words hold all of these.
pub(crate) fn process(words: &[&str]) -> Option<nix::unistd::Pid> {
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let line = String::from_utf8_lossy(&std::fs::read(entry.path().join("cmdline")).ok()?).into_owned();
        let number = entry.file_name().to_str()?.parse().ok()?;
        words.iter().all(|word| line.contains(word)).then(|| nix::unistd::Pid::from_raw(number))
    })
}

#[tokio::test]
async fn a_machine_that_dies_under_a_task_is_said_and_leaves_nothing() {
    let scene = Scene::new();
    let (work, mark) = (scene.path("work"), scene.path("work/mark"));
    std::fs::create_dir(&work).unwrap();
    let place = scene.place();
    let endless = scene.task(&format!("touch {}; sleep 1000", mark.display()));
    let (ended, ()) = tokio::join!(run(&place, &endless, CancellationToken::new()), async {
        while !mark.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let qemu = process(&["qemu-system", scene.temp.path().to_str().unwrap()]).unwrap();
        nix::sys::signal::kill(qemu, nix::sys::signal::Signal::SIGKILL).unwrap();
    });

    let reason = ended.unwrap_err();
    assert!(reason.starts_with("the machine ended by itself (signal 9)"), "{reason}");
    scene.until_nothing_is_left().await;
}

/// A guest whose kernel panics does not end; it says nothing any more.
#[tokio::test]
async fn a_guest_that_hangs_in_the_middle_is_given_up_with_what_its_console_said() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.path("work")).unwrap();
    scene.settings.silence = Duration::from_secs(16);
    let place = scene.place();
    let panics = scene.task("echo 8 >/proc/sys/kernel/printk; echo c >/proc/sysrq-trigger; sleep 1000");
    let reason = run(&place, &panics, CancellationToken::new()).await.unwrap_err();
    assert!(
        reason.starts_with("the machine answers no more: it has said nothing for 16 s, so its system hangs")
            && reason.contains("Kernel panic"),
        "{reason}"
    );
    scene.until_nothing_is_left().await;
}
