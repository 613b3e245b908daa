use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use builder_mic::{MicBuilder, Settings, Tool};
use child::{Listen, Place, Task};
use imaging::testing::build_request;
use imaging::{Build, BuildRequest, ImageBuilder, ImageId, ImageType, Step, Watch};
use place_host::Host;
use tokio_util::sync::CancellationToken;

/// Says whether the place is to work for who runs the tests; unset where that is not known.
pub(crate) const EXPECTED: &str = "MIC_TEST_EXPECTED";

pub(crate) const REPO: &str = "repo --name=r --baseurl=file:///srv/repo\n%packages\nbash\n%end\n";

/// A folder for images, with a mic that keeps its packages there, too.
pub(crate) struct Scene {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) settings: Settings,
}

/// Somebody who waits for a build, and may lose patience.
#[derive(Clone, Default)]
pub(crate) struct Waiting(pub(crate) CancellationToken);

impl Watch for Waiting {
    fn step(&self, _step: &Step) {}

    fn stop(&self) -> CancellationToken {
        self.0.clone()
    }
}

impl Scene {
    /// Makes a scene; none where nobody may be root, which the builder has to say.
    pub(crate) async fn new(name: &str) -> Option<Scene> {
        let scene = Scene::without_root(name);
        let works = Host::new().check();
        if let Ok(expected) = std::env::var(EXPECTED) {
            assert_eq!(works.is_ok(), expected == "works", "{works:?}");
        }
        if works.is_ok() {
            return Some(scene);
        }
        assert!(!nix::unistd::geteuid().is_root(), "root may do anything here: {works:?}");
        let built = scene.build(REPO, ImageType::Fs, &[]).await;
        assert!(matches!(&built, Build::Failed { reason } if reason.contains("NOPASSWD")), "{built:?}");
        None
    }

    pub(crate) fn without_root(name: &str) -> Scene {
        let temp = tempfile::Builder::new().prefix(&format!("mic-{name}-")).tempdir().unwrap();
        let settings = Settings {
            program: stand_in("stand-in-mic"),
            ..Settings::usual(Tool::Mic, temp.path().join("cache"))
        };
        Scene { temp, settings }
    }

    pub(crate) fn builder(&self) -> MicBuilder {
        MicBuilder::new(Box::new(Host::new()), self.settings.clone())
    }

    /// A request for an image `demo`, whose folder is there.
    pub(crate) fn request(
        &self,
        id: &str,
        kickstart: &str,
        image_type: ImageType,
        options: &[&str],
    ) -> BuildRequest {
        let folder = self.temp.path().join(id);
        std::fs::create_dir(&folder).unwrap();
        let log = folder.join("demo.log");
        std::fs::File::create_new(&log).unwrap();
        BuildRequest {
            image_id: ImageId::reduce(id).unwrap(),
            extra_opts: options.iter().map(|option| (*option).to_owned()).collect(),
            folder,
            log,
            ..build_request(image_type, kickstart)
        }
    }

    pub(crate) async fn build(&self, kickstart: &str, image_type: ImageType, options: &[&str]) -> Build {
        let request = self.request(&uuid(), kickstart, image_type, options);
        self.build_this(&request).await
    }

    /// Builds, and sees to it that nothing is left but the folder of the image.
    pub(crate) async fn build_this(&self, request: &BuildRequest) -> Build {
        let built = self.builder().build(request, &Waiting::default()).await.unwrap();
        assert_eq!(self.left(), [""; 0], "{built:?}");
        assert!(!request.folder.join("work").exists());
        built
    }

    /// Builds what fails, and returns the reason.
    pub(crate) async fn reason(&self, kickstart: &str, image_type: ImageType, options: &[&str]) -> String {
        match self.build(kickstart, image_type, options).await {
            Build::Failed { reason } => reason,
            other => panic!("it should fail: {other:?}\n{kickstart}"),
        }
    }

    /// Every process, mount and loop device that has to do with this scene.
    pub(crate) fn left(&self) -> Vec<String> {
        left(&self.temp.path().file_name().unwrap().to_string_lossy())
    }

    pub(crate) async fn until_nothing_is_left(&self, patience: Duration) {
        let start = Instant::now();
        while !self.left().is_empty() {
            assert!(start.elapsed() < patience, "{:?}", self.left());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn left(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        let ours = entry.file_name() == std::process::id().to_string().as_str();
        // a test that runs the tests again has them as children
        if words.contains(name) && !ours && !words.contains("--nocapture") {
            found.push(words);
        }
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    found.extend(mounts.lines().filter(|line| line.contains(name)).map(str::to_owned));
    for entry in std::fs::read_dir("/sys/block").unwrap().flatten() {
        let file = std::fs::read_to_string(entry.path().join("loop/backing_file")).unwrap_or_default();
        if file.contains(name) {
            found.push(format!("{}: {file}", entry.file_name().to_string_lossy()));
        }
    }
    found
}

/// The program that stands in for mic, by one of its names.
pub(crate) fn stand_in(name: &str) -> PathBuf {
    let folder = std::env::var("MIC_TEST_PROGRAMS")
        .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/builder_mic").into());
    Path::new(&folder).join(name)
}

pub(crate) fn uuid() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("image-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The files of a folder with their modes; a folder is one file.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let about = entry.metadata().unwrap();
            let name = entry.file_name().into_string().unwrap();
            let owner = if about.uid() == nix::unistd::geteuid().as_raw() { "" } else { " of another" };
            match about.is_dir() {
                true => format!("{name}/{owner}"),
                false => format!("{name} {:o}{owner}", about.permissions().mode() & 0o777),
            }
        })
        .collect();
    found.sort();
    found
}

pub(crate) async fn there(mark: &Path) {
    while !mark.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Runs these tests once more as somebody else, in a mount namespace that a script prepares; it gets the folder and the
/// words of the test program, and ends with `exec`.
pub(crate) async fn again(scene: &Scene, script: &str, words: &[&str]) -> String {
    let folder = scene.temp.path();
    let program = folder.join("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for name in ["stand-in-mic", "stand-in-mic-old", "stand-in-mic-image-creator"] {
        std::fs::copy(stand_in(name), folder.join(name)).unwrap();
    }
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    let mut task = Task::new(["bash", "-ec", script]);
    task.argv.extend(["again".into(), folder.into()]);
    task.argv.extend(words.iter().chain(&["--nocapture"]).map(Into::into));
    let task = Task { keep_output: Some(1 << 20), ..task }.env("MIC_TEST_PROGRAMS", folder);
    let log = folder.join("again.log");
    let listen = Listen { log: &log, line: &|_| {}, stop: CancellationToken::new() };
    let ended = Host::new().run(&task, &listen).await.unwrap();
    let said = String::from_utf8_lossy(&ended.output).into_owned();
    assert!(ended.well(), "{ended:?}\n{said}");
    said
}
