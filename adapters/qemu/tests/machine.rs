//! Real machines, without KVM.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use qemu::{Accel, Boot, Bus, Disk, Error, Format, Machine, Network, Reader, Running};

/// Emulated machines on a busy machine take their time; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);
/// The size of a disk: more than fits where a test has no room.
const DISK: u64 = 5 << 20;

struct Scene {
    temp: tempfile::TempDir,
}

impl Scene {
    /// Makes a folder with a disk that boots `guest.S`.
    fn new() -> Scene {
        let scene = Scene { temp: tempfile::tempdir().unwrap() };
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guest.S");
        let (object, disk) = (scene.path("guest.o"), scene.path("disk.raw"));
        tool(&["as".as_ref(), "--32".as_ref(), "-o".as_ref(), &*object, &*source]);
        let link = ["ld", "-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-e", "0", "-o"]
            .map(Path::new);
        tool(&[&link[..], &[&*disk, &*object]].concat());
        std::fs::OpenOptions::new().write(true).open(&disk).unwrap().set_len(DISK).unwrap();
        std::fs::create_dir(scene.path("work")).unwrap();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn machine(&self) -> Machine {
        let folder = self.path("work");
        Machine {
            accel: Accel::Tcg,
            memory: 64,
            disks: vec![Disk::throw_away(self.path("disk.raw"))],
            log: self.path("log"),
            ..Machine::new(&folder)
        }
    }

    fn left(&self) -> usize {
        std::fs::read_dir(self.path("work")).unwrap().count()
    }

    /// Every process that has the folder of this scene in its arguments.
    fn processes(&self) -> Vec<String> {
        processes(&self.temp.path().display().to_string())
    }
}

fn processes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        if words.contains(text) && entry.file_name() != std::process::id().to_string().as_str() {
            found.push(words);
        }
    }
    found
}

async fn gone(scene: &Scene) {
    let start = Instant::now();
    while !scene.processes().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", scene.processes());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn tool(words: &[&Path]) {
    #[expect(clippy::disallowed_methods, reason = "the tools that make a guest")]
    let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Starts a machine and waits until its guest is ready.
async fn ready(machine: &Machine) -> (Running, Reader) {
    let running = machine.start().await.unwrap();
    let mut reader = running.console().reader();
    running.says(&mut reader, "READY", PATIENCE).await.unwrap();
    (running, reader)
}

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
    victim.args(["--exact", "a_killed_program_leaves_no_machine_and_no_file"]).env(VICTIM, scene.temp.path());
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
        .args(["--exact", "a_host_without_room_stops_the_machine_and_says_so"])
        .env(FULL, scene.path("work"));
    #[expect(clippy::disallowed_methods, reason = "a test starts itself")]
    let output = inside.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
