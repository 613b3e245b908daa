//! A machine with a guest of one sector.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use qemu::{Accel, Disk, Machine, Reader, Running};

/// Emulated machines on a busy machine take their time; nothing here waits for it to pass.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The size of a disk: more than fits where a test has no room.
const DISK: u64 = 5 << 20;

pub(crate) struct Scene {
    pub(crate) temp: tempfile::TempDir,
}

impl Scene {
    /// Makes a folder with a disk that boots `guest.S`.
    pub(crate) fn new() -> Scene {
        let scene = Scene { temp: tempfile::tempdir().unwrap() };
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machine/guest.S");
        let (object, disk) = (scene.path("guest.o"), scene.path("disk.raw"));
        tool(&["as".as_ref(), "--32".as_ref(), "-o".as_ref(), &*object, &*source]);
        let link = ["ld", "-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-e", "0", "-o"]
            .map(Path::new);
        tool(&[&link[..], &[&*disk, &*object]].concat());
        std::fs::OpenOptions::new().write(true).open(&disk).unwrap().set_len(DISK).unwrap();
        std::fs::create_dir(scene.path("work")).unwrap();
        scene
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(crate) fn machine(&self) -> Machine {
        let folder = self.path("work");
        Machine {
            accel: Accel::Tcg,
            memory: 64,
            disks: vec![Disk::throw_away(self.path("disk.raw"))],
            log: self.path("log"),
            ..Machine::new(&folder)
        }
    }

    pub(crate) fn left(&self) -> usize {
        std::fs::read_dir(self.path("work")).unwrap().count()
    }

    /// Every process that has the folder of this scene in its arguments.
    pub(crate) fn processes(&self) -> Vec<String> {
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

pub(crate) async fn gone(scene: &Scene) {
    let start = Instant::now();
    while !scene.processes().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", scene.processes());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) fn tool(words: &[&Path]) {
    #[expect(clippy::disallowed_methods, reason = "the tools that make a guest")]
    let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Starts a machine and waits until its guest is ready.
pub(crate) async fn ready(machine: &Machine) -> (Running, Reader) {
    let running = machine.start().await.unwrap();
    let mut reader = running.console().reader();
    running.says(&mut reader, "READY", PATIENCE).await.unwrap();
    (running, reader)
}
