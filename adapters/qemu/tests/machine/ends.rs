//! How a machine ends, and what is left of it.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use qemu::{Accel, Disk, Error, Machine};

use crate::scene::{PATIENCE, Scene, gone, ready};

#[tokio::test]
async fn a_guest_that_ends_by_itself_is_trouble_with_the_end_of_its_console() {
    let scene = Scene::new();
    let (running, mut reader) = ready(&scene.machine()).await;
    running.console().write("r").await.unwrap();

    let trouble = running.says(&mut reader, "never said", PATIENCE).await.unwrap_err();

    assert!(matches!(&trouble, Error::Ended { how, .. } if how == "guest-reset"), "{trouble:?}");
    assert!(trouble.to_string().ends_with("printed:\nREADY"), "{trouble}");
    assert_eq!(running.wait().await.reason.as_deref(), Some("guest-reset"));
}

#[tokio::test]
async fn a_guest_that_does_not_listen_is_killed_after_the_patience() {
    let scene = Scene::new();
    let (running, mut reader) = ready(&scene.machine()).await;
    let silent = running.says(&mut reader, "login:", Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(silent, Error::NotSaid { .. }), "{silent:?}");

    let exit = running.shut_down(Duration::from_millis(50)).await;

    assert!(!exit.by_guest(), "{exit:?}");
    gone(&scene).await;
}

#[tokio::test]
async fn a_machine_that_nobody_holds_is_gone() {
    let scene = Scene::new();
    let (running, _) = ready(&scene.machine()).await;
    drop(running);
    gone(&scene).await;
    assert_eq!(scene.left(), 0);

    let machine = scene.machine();
    tokio::select! {
        biased;
        started = machine.start() => drop(started),
        () = tokio::time::sleep(Duration::from_millis(30)) => {} // somewhere on its way
    }
    gone(&scene).await;
    assert_eq!(scene.left(), 0);
}

const VICTIM: &str = "QEMU_TEST_VICTIM";

#[tokio::test]
async fn a_killed_program_leaves_no_machine_and_no_file() {
    if let Some(temp) = std::env::var_os(VICTIM) {
        // This is the program that will be killed: this test, started once more.
        let temp = PathBuf::from(temp);
        let machine = Machine {
            accel: Accel::Tcg,
            disks: vec![Disk::throw_away(temp.join("disk.raw"))],
            ..Machine::new(&temp.join("work"))
        };
        let (_running, _) = ready(&machine).await;
        std::fs::write(temp.join("mark"), "").unwrap();
        std::future::pending::<()>().await;
    }
    let scene = Scene::new();
    let mut victim = Command::new(std::env::current_exe().unwrap());
    victim
        .args(["--exact", "ends::a_killed_program_leaves_no_machine_and_no_file"])
        .env(VICTIM, scene.temp.path());
    #[expect(clippy::disallowed_methods, reason = "it must be killed, not ended")]
    let mut victim = victim.stdout(std::process::Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !scene.path("mark").exists() {
        assert!(start.elapsed() < PATIENCE, "the victim never got a machine");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(scene.processes().len(), 1);

    victim.kill().unwrap();
    victim.wait().unwrap();

    gone(&scene).await;
    assert_eq!(scene.left(), 0);
}
