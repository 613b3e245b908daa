//! Images that mic makes in a virtual machine, and what it says there when it makes none.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use builder_mic::{MicBuilder, Settings, Tool};
use child::{ChildError, Ended, Listen, Network, Place, Shown, Sight, Task};
use imaging::testing::build_request;
use imaging::{Build, BuildRequest, ImageBuilder, ImageType, Step, Watch};
use participant_core::async_trait;
use place_vm::Vm;
use tokio_util::sync::CancellationToken;

use crate::base::{Scene, mode, run};
use crate::wrong::process;

const REPO: &str = "repo --name=r --baseurl=file:///srv/repo\n%packages\nbash\n%end\n";

/// Whoever waits remembers the steps.
#[derive(Default)]
struct Waiting(Mutex<Vec<String>>);

impl Watch for Waiting {
    fn step(&self, step: &Step) {
        self.0.lock().unwrap().push(step.to_string());
    }

    fn stop(&self) -> CancellationToken {
        CancellationToken::new()
    }
}

/// One machine for several builds, since it takes longer to start than any of them: what they make is the question here. That
/// each has one of its own is asked in `story`.
#[derive(Clone)]
struct Shared(Arc<Vm>);

#[async_trait]
impl Place for Shared {
    fn check(&self) -> Result<(), String> {
        self.0.check()
    }

    fn check_network(&self, network: &Network) -> Result<(), String> {
        self.0.check_network(network)
    }

    fn resolver(&self, network: &Network) -> Option<String> {
        self.0.resolver(network)
    }

    fn is_another_machine(&self) -> bool {
        self.0.is_another_machine()
    }

    fn loopback_there(&self) -> Option<&'static str> {
        self.0.loopback_there()
    }

    async fn run(&self, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
        self.0.run(task, listen).await
    }

    async fn make_folder(&self, folder: &std::path::Path) -> Result<(), ChildError> {
        self.0.make_folder(folder).await
    }

    async fn take_over(&self, file: &std::path::Path) -> Result<(), ChildError> {
        self.0.take_over(file).await
    }

    async fn remove(&self, folder: &std::path::Path) -> Result<(), ChildError> {
        self.0.remove(folder).await
    }
}

/// Builds in one machine.
struct Shop {
    scene: Scene,
    place: Shared,
    number: usize,
}

/// What came of a build.
struct Outcome {
    built: Build,
    folder: PathBuf,
    steps: Vec<String>,
}

impl Shop {
    async fn open(silence: Duration) -> Shop {
        let mut scene = Scene::new();
        scene.settings.silence = silence;
        let place = scene.place();
        let all = Sight { writes: vec![Shown::here(scene.temp.path())], ..Sight::default() };
        let first = run(&place, &Task::new(["true"]).sees(all), CancellationToken::new()).await.unwrap();
        assert!(first.well(), "{first:?}");
        Shop { scene, place: Shared(Arc::new(place)), number: 0 }
    }

    fn settings(&self, tool: Tool) -> Settings {
        let cache = self.scene.path("cache");
        Settings { tmp: Some("/var/tmp/img".into()), ..Settings::usual(tool, cache) }
    }

    /// Builds an image `demo` in a new folder.
    async fn build(&mut self, settings: Settings, image_type: ImageType, kickstart: &str) -> Outcome {
        self.number += 1;
        let folder = self.scene.path(&format!("image-{}", self.number));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("demo.log"), "").unwrap();
        let request = BuildRequest {
            log: folder.join("demo.log"),
            folder: folder.clone(),
            ..build_request(image_type, kickstart)
        };
        let builder = MicBuilder::new(Box::new(self.place.clone()), settings);
        let waiting = Waiting::default();
        let built = builder.build(&request, &waiting).await.unwrap();
        Outcome { built, folder, steps: waiting.0.into_inner().unwrap() }
    }

    /// Builds what cannot be built, and returns the reason; nothing but the log is left in its folder.
    async fn reason(&mut self, settings: Settings, kickstart: &str) -> String {
        let outcome = self.build(settings, ImageType::Raw, kickstart).await;
        assert_eq!(outcome.files(), ["demo.log 644"]);
        let Build::Failed { reason } = outcome.built else { panic!("{:?}", outcome.built) };
        reason
    }

    async fn made(&mut self, tool: Tool, image_type: ImageType, image: &str, beside: &[&str]) {
        let kickstart = format!("part / --size=9 --ondisk=sda\n{REPO}");
        let outcome = self.build(self.settings(tool), image_type, &kickstart).await;
        let log = std::fs::read_to_string(outcome.folder.join("demo.log")).unwrap();
        let Build::Made(made) = &outcome.built else { panic!("{:?}\n{log}", outcome.built) };
        assert_eq!(made.image_file.to_str(), Some(image));
        let mut expected = vec![format!("{image} 644"), "demo.ks 640".into(), "demo.log 644".into()];
        expected.extend(beside.iter().map(|file| (*file).to_owned()));
        expected.sort();
        assert_eq!(outcome.files(), expected);
        // the cache is one of this machine, as `use_9p_cache` has it
        assert!(self.scene.path("cache/slot-0/package.rpm").exists());
        // whoever waits sees what takes so long
        assert_eq!(outcome.steps[1..3], ["starting the virtual machine", "starting mic"]);
        assert!(log.contains("-- starting the virtual machine"), "{log}");
    }
}

impl Outcome {
    fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.folder).unwrap().flatten();
        let mut files: Vec<_> = files
            .map(|file| format!("{} {:o}", file.file_name().to_string_lossy(), mode(&file.path())))
            .collect();
        files.sort();
        files
    }
}

#[tokio::test]
async fn each_type_comes_out_of_a_virtual_machine() {
    let mut shop = Shop::open(Duration::from_secs(24)).await;
    for (tool, image_type, image, beside) in [
        (Tool::Mic, ImageType::Fs, "demo.tar.gz", &[][..]),
        (Tool::Mic, ImageType::Raw, "demo-sda.raw", &["demo.xml 644"]),
        (Tool::Mic, ImageType::Loop, "demo.img", &["demo.xml 644"]),
        (Tool::Mic, ImageType::Livecd, "demo.iso", &[]),
        (Tool::Mic, ImageType::Liveusb, "demo.usbimg", &[]),
        (Tool::Mic2, ImageType::Nand, "demo.nand", &[]),
    ] {
        shop.made(tool, image_type, image, beside).await;
    }

    // a machine that stands still ends with the next build: it would be somebody's who waits for ever
    let process = process(&["qemu-system", shop.scene.temp.path().to_str().unwrap()]).unwrap();
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGSTOP).unwrap();
    let reason = shop.reason(shop.settings(Tool::Mic), REPO).await;
    let words = "the machine answers no more: it has said nothing for 24 s, so its system hangs";
    assert!(reason.starts_with(words), "{reason}");
    shop.scene.until_nothing_is_left().await;
}

#[tokio::test]
async fn what_goes_wrong_there_is_said_and_the_machine_ends_with_a_build_that_takes_too_long() {
    let mut shop = Shop::open(qemu::SILENCE).await;
    let usual = shop.settings(Tool::Mic);
    let script = |lines: &str| {
        format!("part / --size=9 --ondisk=sda\n{REPO}%post --nochroot --erroronfail\n{lines}\n%end\n")
    };
    let repo =
        |address: &str| format!("part / --size=9 --ondisk=sda\nrepo --name=x --baseurl={address}\n{REPO}");

    let none = Settings { program: "/usr/bin/no-mic".into(), ..usual.clone() };
    let reason = shop.reason(none, REPO).await;
    let words = "/usr/bin/no-mic is missing in the virtual machine: make its base image anew with mic";
    assert!(reason.contains(words), "{reason}");

    // its own devices, mounts and children end with it, or with their machine
    let reason = shop.reason(usual.clone(), &script("sleep 600 & kill -TERM $PPID; sleep 1")).await;
    assert!(reason.contains("mic was ended by SIGTERM"), "{reason}");

    let reason = shop.reason(usual.clone(), &repo("http://127.0.0.1:1/x")).await;
    assert!(
        reason.contains("the repository http://127.0.0.1:1/x/repodata/repomd.xml cannot be read"),
        "{reason}"
    );
    let words =
        "; 127.0.0.1 is the virtual machine itself there, and this one is 10.0.2.2 for it: write that";
    assert!(reason.contains(words), "{reason}");

    let reason = shop.reason(usual.clone(), &script("dd if=/dev/zero of=/var/tmp/img/fill bs=1M")).await;
    assert!(reason.contains("no room on the disk of the virtual machine"), "{reason}");
    let free = Task::new(["rm", "/var/tmp/img/fill"]);
    assert!(run(&shop.place.0, &free, CancellationToken::new()).await.unwrap().well());

    let server = TcpListener::bind("127.0.0.1:0").unwrap(); // connects, and says nothing
    let address = format!("http://10.0.2.2:{}/x", server.local_addr().unwrap().port());
    let impatient = Settings { limit: Some(Duration::from_secs(30)), ..usual.clone() };
    let reason = shop.reason(impatient, &repo(&address)).await;
    let words = "mic took longer than a build may ([worker] timeout, 30 s); the last it said was: Retrieving http://10.0.2.2:";
    assert!(reason.starts_with(words) && reason.ends_with("a repository may not answer"), "{reason}");
    shop.scene.until_nothing_is_left().await;
}
