//! What keeps a machine from starting, or from going on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use qemu::{Accel, Boot, Disk, Error, Machine};

use crate::scene::{PATIENCE, Scene, gone, ready, tool};

#[tokio::test]
async fn what_is_missing_or_wrong_has_a_sentence() {
    let scene = Scene::new();
    let with = |disk: Disk| Machine { disks: vec![disk], ..scene.machine() };
    let sentence = async |machine: Machine| machine.start().await.unwrap_err().to_string();

    let nowhere = Machine { program: "/no/such/qemu-system-x86_64".into(), ..scene.machine() };
    assert!(sentence(nowhere).await.contains("is missing: install the package qemu-system-x86 ("));
    let none = sentence(with(Disk::throw_away("/no/such.qcow2"))).await;
    assert_eq!(none, "the disk /no/such.qcow2 cannot be used: No such file or directory (os error 2)");

    let odd = scene.path("odd.qcow2");
    std::fs::write(&odd, "no qcow2").unwrap();
    assert!(sentence(with(Disk::throw_away(&odd))).await.contains("cannot be used: "));

    let (whole, half) = (scene.path("whole.qcow2"), scene.path("half.qcow2"));
    let convert = ["qemu-img", "convert", "-O", "qcow2"].map(Path::new);
    std::fs::write(scene.path("full.raw"), vec![7; 4 << 20]).unwrap();
    tool(&[&convert[..], &[&*scene.path("full.raw"), &*whole]].concat());
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let damaged = sentence(with(Disk::throw_away(&half))).await;
    assert!(damaged.contains("it is damaged"), "{damaged}");

    let rests = scene.path("rests.qcow2");
    let create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd"].map(Path::new);
    tool(&[&create[..], &[&*rests]].concat());
    let shows = sentence(with(Disk::throw_away(&rests))).await;
    assert!(shows.contains("it rests on another file"), "{shows}");
    let mut trusted = Disk::throw_away(&rests);
    trusted.rests_on_others = true;
    drop(with(trusted).start().await.unwrap());

    let unread = Machine {
        boot: Boot::Kernel { kernel: "/no/kernel".into(), initrd: None, append: String::new() },
        ..scene.machine()
    };
    assert!(sentence(unread).await.starts_with("the kernel /no/kernel cannot be used"));
    let huge = Machine { memory: 1 << 30, ..scene.machine() };
    assert!(sentence(huge).await.starts_with("qemu does not start the machine: "));
    assert_eq!(scene.left(), 0);
    gone(&scene).await;
}

#[tokio::test]
async fn whatever_does_not_come_to_its_end_while_a_machine_is_made_is_given_up() {
    let scene = Scene::new();
    let stuck = scene.path("qemu-system-stuck");
    std::fs::write(&stuck, "#!/bin/sh\nexec sleep 1000\n").unwrap();
    std::fs::set_permissions(&stuck, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let silent =
        Machine { program: stuck, disks: Vec::new(), patience: Duration::from_secs(1), ..scene.machine() };
    assert_eq!(silent.start().await.unwrap_err(), Error::QmpGone("it made no machine within 1 s".into()));

    let disk = scene.path("disk.qcow2");
    tool(&["qemu-img", "create", "-q", "-f", "qcow2", &disk.display().to_string(), "1M"].map(Path::new));
    let slow = Machine { disks: vec![Disk::throw_away(&disk)], patience: Duration::ZERO, ..scene.machine() };
    let said = slow.start().await.unwrap_err().to_string();
    assert!(
        said.ends_with("qemu-img did not come to an end with it: does the disk it is on answer?"),
        "{said}"
    );
    gone(&scene).await;
}

const FULL: &str = "QEMU_TEST_FULL";

/// In a namespace of its own, where a file system of four megabytes can be mounted.
#[tokio::test]
async fn a_host_without_room_stops_the_machine_and_says_so() {
    if let Some(small) = std::env::var_os(FULL) {
        let small = PathBuf::from(small);
        tool(
            &["mount", "-t", "tmpfs", "-o", "size=4m", "none"]
                .map(Path::new)
                .into_iter()
                .chain([&*small])
                .collect::<Vec<_>>(),
        );
        let disk = small.parent().unwrap().join("disk.raw");
        let machine =
            Machine { accel: Accel::Tcg, disks: vec![Disk::throw_away(disk)], ..Machine::new(&small) };
        let (running, mut reader) = ready(&machine).await;
        running.console().write("w").await.unwrap();
        let trouble = running.says(&mut reader, "never said", PATIENCE).await.unwrap_err();
        assert_eq!(trouble, Error::HostFull(small.display().to_string()));
        running.kill().await;
        std::fs::write(small.join("all"), vec![1; 4 << 20]).unwrap(); // there is room again
        let refused = machine.start().await.unwrap_err();
        assert!(matches!(refused, Error::Overlay { .. }), "{refused:?}");
        return;
    }
    let scene = Scene::new();
    let mut inside = Command::new("unshare");
    inside.args(["--map-root-user", "--mount"]).arg(std::env::current_exe().unwrap());
    inside
        .args(["--exact", "wrong::a_host_without_room_stops_the_machine_and_says_so"])
        .env(FULL, scene.path("work"));
    #[expect(clippy::disallowed_methods, reason = "a test starts itself")]
    let output = inside.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
