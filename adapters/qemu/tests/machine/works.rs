//! What a machine does that does what it should.

use qemu::{Accel, Boot, Bus, Disk, Error, Format, Machine, Network};
use std::path::Path;
use std::time::Duration;

use crate::scene::{PATIENCE, Scene, gone, ready, tool};

#[tokio::test]
async fn a_guest_is_read_and_written_to_and_switches_itself_off() {
    let scene = Scene::new();
    let machine = Machine { console: Some(scene.path("console")), ..scene.machine() };
    let (running, mut reader) = ready(&machine).await;
    assert_eq!(scene.left(), 0, "the overlay has no name any more");
    assert_eq!(scene.processes().len(), 1, "the test sees what it looks for");
    assert_eq!((running.accel(), running.ssh_port()), (Accel::Tcg, None));
    running.console().write("e").await.unwrap();
    running.says(&mut reader, "ECHO", PATIENCE).await.unwrap();
    running.console().write("q").await.unwrap();

    let exit = running.wait().await;

    assert!(exit.by_guest(), "{exit:?}");
    gone(&scene).await;
    let console = std::fs::read_to_string(scene.path("console")).unwrap();
    assert!(console.ends_with("READY\r\nECHO\r\n"), "{console:?}");
}

#[tokio::test]
async fn what_a_guest_writes_goes_into_its_overlay_or_into_the_disk() {
    let scene = Scene::new();
    for (overlay, changed) in [(true, false), (false, true)] {
        let before = std::fs::read(scene.path("disk.raw")).unwrap();
        let mut machine = scene.machine();
        machine.disks[0].overlay = overlay;
        let (running, mut reader) = ready(&machine).await;
        running.console().write("w").await.unwrap();
        running.says(&mut reader, "DISK ERROR", PATIENCE).await.unwrap(); // behind its end
        running.kill().await;
        assert_eq!(std::fs::read(scene.path("disk.raw")).unwrap() != before, changed, "overlay: {overlay}");
    }
}

#[tokio::test]
async fn the_port_to_the_guest_is_free_or_the_one_that_is_asked_for() {
    let scene = Scene::new();
    let machine = Machine { network: Network::OnlySsh(None), ..scene.machine() };
    let (one, other) = (machine.start().await.unwrap(), machine.start().await.unwrap());
    let (port, another) = (one.ssh_port().unwrap(), other.ssh_port().unwrap());
    assert!(port > 0 && another > 0 && port != another);

    let taken = Machine { network: Network::Everything(Some(port)), ..scene.machine() };
    let refused = taken.start().await.unwrap_err();

    assert_eq!(refused, Error::PortTaken(port));
    let silent = one.answers(Duration::from_millis(300)).await.unwrap_err();
    assert!(matches!(silent, Error::NoAnswer { .. }), "{silent:?}");
    one.kill().await;
    let again = Machine { network: Network::OnlySsh(Some(port)), ..scene.machine() };
    assert_eq!(again.start().await.unwrap().ssh_port(), Some(port));
}

#[tokio::test]
async fn other_disks_and_firmware_boot_as_well() {
    let scene = Scene::new();
    let mut machine = scene.machine();
    machine.disks[0].bus = Bus::Ide;
    let (running, _) = ready(&machine).await;
    running.kill().await;
    let vdi = scene.path("disk,with comma.vdi");
    tool(
        &["qemu-img", "convert", "-O", "vdi"]
            .map(Path::new)
            .into_iter()
            .chain([&*scene.path("disk.raw"), &*vdi])
            .collect::<Vec<_>>(),
    );
    machine.disks[0] = Disk::throw_away(&vdi);
    assert_eq!(machine.disks[0].format, Format::Vdi);
    let (running, _) = ready(&machine).await;
    running.kill().await;

    let uefi = Machine { boot: Boot::Uefi, memory: 256, ..scene.machine() };
    let running = uefi.start().await.unwrap();
    let mut reader = running.console().reader();
    running.says(&mut reader, "\u{1b}[2J", PATIENCE).await.unwrap();
    assert_eq!(scene.left(), 0);
}
