//! Images that cannot be tested, or fail it at once; how a real one does is tested where images are made.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use imaging::testing::{Unwatched, image_tester_keeps_its_promises};
use imaging::{ImageTester, ImageType, Step, TestRequest, Tested, Watch};
use qemu::Accel;
use tester_vm::{Settings, VmTester};
use tokio_util::sync::CancellationToken;

/// One test at a time, so that the machines of this program are those of the test; `cargo test` has all in one program.
static TURN: Mutex<()> = Mutex::new(());

struct Site(tempfile::TempDir, #[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

impl Site {
    /// A folder with a disk that boots nothing, and a script.
    fn new() -> Site {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let site = Site(tempfile::tempdir().unwrap(), turn);
        fs::create_dir_all(site.path("images/i")).unwrap();
        fs::write(site.path("images/i/n.raw"), vec![0; 1 << 20]).unwrap();
        fs::write(site.path("script.sh"), "true\n").unwrap();
        site
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn settings(&self) -> Settings {
        Settings {
            script: Some(self.path("script.sh")),
            wait: Duration::from_secs(2),
            accel: Accel::Tcg,
            ..Settings::default()
        }
    }

    fn tester(&self, settings: Settings) -> VmTester {
        VmTester::new(self.path("images"), settings)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("images/i")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The machines that this test has started.
    fn machines(&self) -> usize {
        let tasks =
            fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path().join("children"));
        let children: String = tasks.filter_map(|file| fs::read_to_string(file).ok()).collect();
        let name = |pid: &str| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        children.split_whitespace().filter(|pid| name(pid).starts_with("qemu-system")).count()
    }
}

fn request() -> TestRequest {
    TestRequest {
        name: "n".into(),
        image: "i/n.raw".into(),
        image_type: ImageType::Raw,
        arch: "x86_64".into(),
        packages: Vec::new(),
    }
}

#[tokio::test]
async fn a_disk_that_boots_nothing_fails_and_the_promises_are_kept() {
    let site = Site::new();
    let tester = site.tester(site.settings());

    image_tester_keeps_its_promises(&tester, &site.path("images")).await;

    let json = fs::read_to_string(site.path("images/i/results/results.json")).unwrap();
    assert!(
        json.contains("\"result\": \"FAIL\"") && json.contains("did not say \\\"login:\\\" within 2 s"),
        "{json}"
    );
    assert!(json.contains("boot"), "what the BIOS said of the disk is quoted: {json}");
    let mode =
        |name: &str| fs::metadata(site.path("images/i").join(name)).unwrap().permissions().mode() & 0o777;
    // web servers read them
    assert_eq!(
        (mode("results"), mode("results/console.log"), mode("results/junit.xml")),
        (0o755, 0o644, 0o644)
    );
    assert_eq!(site.machines(), 0);
}

#[tokio::test]
async fn the_whole_test_has_a_limit() {
    let site = Site::new();
    let settings =
        Settings { limit: Duration::from_secs(2), wait: Duration::from_secs(60), ..site.settings() };
    let Ok(Tested::Ran(report)) = site.tester(settings).test(&request(), &Unwatched).await else { panic!() };
    assert_eq!(report.first_failure().unwrap(), "timeout: the test did not end within 2 s");
    assert_eq!((site.names(), site.machines()), (vec!["n.raw".into(), "results".into()], 0));
}

#[tokio::test]
async fn what_a_site_has_to_mend_is_a_sentence_and_nothing_is_left() {
    let site = Site::new();
    fs::write(site.path("long.sh"), vec![b'#'; 300 << 10]).unwrap();
    let with =
        |script: Option<&str>| Settings { script: script.map(|name| site.path(name)), ..site.settings() };
    fs::set_permissions(site.path("script.sh"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(site.path("odd"), "no key\n").unwrap();
    fs::set_permissions(site.path("odd"), fs::Permissions::from_mode(0o600)).unwrap();
    let with_key = |name: &str| Settings { key: Some(site.path(name)), ..site.settings() };
    let kernel = Settings { kernel: Some(site.path("vmlinuz")), ..site.settings() };
    for (settings, expected) in [
        (with(None), "[tester] test_script does not say what runs the tests in the image"),
        (with(Some("gone.sh")), "gone.sh: No such file or directory"),
        (with(Some("long.sh")), "it is larger than 256 KiB"),
        (kernel, "vmlinuz"),
        (with_key("no-key"), "[tester] vm_priv_ssh_key "),
        (with_key("no-key"), "no-key cannot be read (No such file"),
        (with_key("odd"), "odd is no private key that ssh can use without a password"),
        (with_key("script.sh"), "script.sh is for others to read, so ssh does not take it: chmod 600 "),
    ] {
        let answer = site.tester(settings).test(&request(), &Unwatched).await.unwrap();
        let Tested::Failed(reason) = answer else { panic!("{expected}: {answer:?}") };
        assert!(reason.contains(expected), "{reason}");
        assert_eq!(site.names(), ["n.raw"], "{expected}");
    }
}

/// Ends a test as soon as its machine boots.
struct Ends(CancellationToken);

impl Watch for Ends {
    fn step(&self, step: &Step) {
        let stop = self.0.clone();
        if step.name == "booting" {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(500)).await;
                stop.cancel();
            });
        }
    }

    fn stop(&self) -> CancellationToken {
        self.0.clone()
    }
}

#[tokio::test]
async fn a_test_that_is_stopped_leaves_nothing() {
    let site = Site::new();
    fs::create_dir(site.path("images/i/.results.testing")).unwrap(); // of one that was killed
    let settings = Settings { wait: Duration::from_secs(60), ..site.settings() };
    let answer = site.tester(settings).test(&request(), &Ends(CancellationToken::new())).await.unwrap();
    assert_eq!((answer, site.names(), site.machines()), (Tested::Stopped, vec!["n.raw".to_owned()], 0));
}
