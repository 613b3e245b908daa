//! The base image of these tests.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{Ended, Listen, Place, Shown, Sight, Task};
use nix::fcntl::{Flock, FlockArg};
use place_vm::{Accel, Settings, Vm};
use tokio_util::sync::CancellationToken;

use crate::program::{Ran, Site, demo_repo, repository, vm_repo, workspace};

/// An emulated machine on a busy one takes its time; nothing waits for it to pass.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// A kickstart of a base image that has the program that stands in for mic.
pub(crate) fn kickstart() -> String {
    let text = std::fs::read_to_string(workspace("examples/kickstarts/vm-base.ks")).unwrap();
    let mic = std::fs::read_to_string(workspace("adapters/wiring/tests/builder_mic/stand-in-mic")).unwrap();
    // a small disk, since a test fills it
    let text = text.replace("part / --size=4096", "part / --size=400");
    format!(
        "{text}\n%post\ncat >/usr/bin/mic <<'STAND-IN'\n{mic}\nSTAND-IN\nchmod 755 /usr/bin/mic\nln -s mic /usr/bin/mic-image-creator\n%end\n"
    )
}

/// Runs `img vm create-base` into the state folder of a site.
pub(crate) fn create(site: &Site, more: &[&str]) -> Ran {
    site.kickstart("base.ks", kickstart());
    let words = ["vm", "create-base", "base.ks", "--repo", &demo_repo(), "--repo", &vm_repo()];
    site.run(&[&words[..], more].concat())
}

/// Returns the folder of a base image that the first of these tests makes and all use.
pub(crate) fn shared() -> PathBuf {
    let site = Site::new();
    let repo = repository("IMG_VM_REPO");
    let made_from = std::fs::read_to_string(repo.join(".made-from")).unwrap() + &kickstart();
    let folder = repo.with_file_name("vm-base-of-tests");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    let _lock = Flock::lock(lock, FlockArg::LockExclusive).unwrap();
    let note = folder.join("made-from");
    if std::fs::read_to_string(&note).is_ok_and(|noted| noted == made_from) {
        return folder;
    }
    let ran = create(&site, &[]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    for file in ["base.qcow2", "id_ed25519", "id_ed25519.pub"] {
        std::fs::copy(site.path().join("state/vm").join(file), folder.join(file)).unwrap();
    }
    std::fs::write(note, made_from).unwrap();
    folder
}

/// A machine, and the folder it shares.
pub(crate) struct Scene {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) settings: Settings,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        let temp = tempfile::Builder::new().prefix("vm-test-").tempdir().unwrap();
        let base = shared();
        let usual = Settings::new(base.join("base.qcow2"), base.join("id_ed25519"), temp.path());
        let settings =
            Settings { accel: Accel::Tcg, wait: PATIENCE, shares: vec![temp.path().into()], ..usual };
        Scene { temp, settings }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(crate) fn place(&self) -> Vm {
        Vm::new(self.settings.clone())
    }

    /// Says why no machine comes up.
    pub(crate) async fn reason(&self) -> String {
        let ran = run(&self.place(), &self.task("true"), CancellationToken::new()).await;
        self.until_nothing_is_left().await;
        ran.expect_err("there should be no machine")
    }

    /// A script that sees the folder `work`.
    pub(crate) fn task(&self, script: &str) -> Task {
        let writes = vec![Shown::here(self.path("work"))];
        Task { keep_output: Some(10_000), ..Task::new(["sh", "-c", script]) }
            .sees(Sight { writes, ..Sight::default() })
    }

    /// Every process, mount and loop device that has to do with this scene, and every file that is not a test's.
    pub(crate) fn left(&self) -> Vec<String> {
        let name = self.temp.path().display().to_string();
        let mut found: Vec<String> = Vec::new();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).replace('\0', " ");
            if words.contains(&name) && entry.file_name() != std::process::id().to_string().as_str() {
                found.push(words);
            }
        }
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        found.extend(mounts.lines().filter(|line| line.contains(&name)).map(str::to_owned));
        for device in std::fs::read_dir("/sys/block").unwrap().flatten() {
            let file = std::fs::read_to_string(device.path().join("loop/backing_file")).unwrap_or_default();
            found.extend(file.contains(&name).then_some(file));
        }
        let files = std::fs::read_dir(self.temp.path()).unwrap().flatten();
        found.extend(
            files
                .map(|file| file.file_name().to_string_lossy().into_owned())
                .filter(|name| name.starts_with('.')),
        );
        found
    }

    pub(crate) async fn until_nothing_is_left(&self) {
        let start = std::time::Instant::now();
        while !self.left().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(5), "{:?}", self.left());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(crate) async fn run(place: &Vm, task: &Task, stop: CancellationToken) -> Result<Ended, String> {
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop };
    place.run(task, &listen).await.map_err(|error| error.to_string())
}

pub(crate) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
