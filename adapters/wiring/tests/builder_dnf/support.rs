//! Builds images out of the demo repository, and reads them.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use builder_dnf::DnfBuilder;
use imaging::testing::build_request;
use imaging::{Build, BuildRequest, ImageBuilder, ImageId, ImageType, Made, Step, Watch};
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

/// Returns the demo repository; `make test` makes it and says where it is.
pub(crate) fn repo() -> String {
    let repo = std::env::var("IMG_DEMO_REPO").expect(
        "IMG_DEMO_REPO names no demo repository: run `make test`, or make one with examples/demo/make-repo and set it",
    );
    std::path::absolute(repo).unwrap().display().to_string()
}

/// A build, its folder, and what its watcher saw.
pub(crate) struct Scene {
    temp: tempfile::TempDir,
    pub(crate) request: BuildRequest,
    pub(crate) steps: Mutex<Vec<Step>>,
    pub(crate) stop: CancellationToken,
}

impl Watch for Scene {
    fn step(&self, step: &Step) {
        self.steps.lock().unwrap().push(step.clone());
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}

impl Scene {
    /// Prepares the build of a kickstart in which `REPO` stands for the demo repository.
    pub(crate) fn new(image_type: ImageType, kickstart: &str) -> Scene {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("out");
        std::fs::create_dir(&folder).unwrap();
        let kickstart = kickstart.replace("REPO", &format!("repo --name=demo --baseurl=file://{}", repo()));
        let request = BuildRequest {
            image_id: ImageId::reduce("test-1").unwrap(),
            tokens: vec![("GREETING".into(), "hello".into())],
            log: folder.join("log"),
            folder,
            ..build_request(image_type, &kickstart)
        };
        Scene { temp, request, steps: Mutex::default(), stop: CancellationToken::new() }
    }

    pub(crate) fn temp(&self) -> &Path {
        self.temp.path()
    }

    pub(crate) fn builder(&self) -> DnfBuilder {
        DnfBuilder::new(Box::new(Userns::new()), self.temp.path().join("cache"))
    }

    pub(crate) async fn build(&self) -> Build {
        self.builder().build(&self.request, self).await.unwrap()
    }

    /// Builds what must succeed, and leaves nothing but its results behind.
    pub(crate) async fn made(&self) -> Made {
        let build = self.build().await;
        let Build::Made(made) = build else { panic!("{build:?}\n{}", self.log()) };
        assert!(!self.file("work").exists(), "the work folder is gone");
        assert!(self.file("demo.ks").is_file());
        made
    }

    /// Builds what must fail, and leaves nothing a user would take for an image.
    pub(crate) async fn reason(&self) -> String {
        let build = self.build().await;
        let Build::Failed { reason } = build else { panic!("{build:?}\n{}", self.log()) };
        let left: Vec<_> = self.all_files().into_iter().filter(|name| name != "log").collect();
        assert!(left.is_empty(), "{left:?}");
        reason
    }

    /// Returns the names of the files in the folder but for what is beside every image.
    pub(crate) fn files(&self) -> Vec<String> {
        let beside = ["demo.packages", "demo.spdx.json", "demo.sha256"];
        self.all_files().into_iter().filter(|name| !beside.contains(&name.as_str())).collect()
    }

    pub(crate) fn all_files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.request.folder).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.request.folder.join(name)
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.request.log).unwrap_or_default()
    }
}

/// Runs a tool that reads an image.
pub(crate) fn tool(argv: &[&str]) -> String {
    let output = child::quick(argv).unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{argv:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// An ext file system in a file, from a byte on.
pub(crate) struct Ext(String);

impl Ext {
    pub(crate) fn at(file: &Path, offset: u64) -> Ext {
        Ext(format!("{}?offset={offset}", file.display()))
    }

    fn debugfs(&self, command: &str) -> String {
        tool(&["debugfs", "-R", command, &self.0])
    }

    /// Returns the text of a file.
    pub(crate) fn read(&self, path: &str) -> String {
        self.debugfs(&format!("cat \"{path}\""))
    }

    /// Writes a file into one outside.
    pub(crate) fn dump(&self, path: &str, to: &str) {
        self.debugfs(&format!("dump \"{path}\" \"{to}\""));
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        !self.stat(path).is_empty()
    }

    /// Returns mode, owner and group as `100640 777 777`; empty when there is no such file.
    pub(crate) fn stat(&self, path: &str) -> String {
        let said = self.debugfs(&format!("stat \"{path}\""));
        let after = |key: &str| said.split_once(key).and_then(|(_, rest)| rest.split_whitespace().next());
        match (after("Mode:"), after("User:"), after("Group:")) {
            (Some(mode), Some(user), Some(group)) => format!("{mode} {user} {group}"),
            _ => String::new(),
        }
    }

    /// Returns everything debugfs says of a file.
    pub(crate) fn details(&self, path: &str) -> String {
        self.debugfs(&format!("stat \"{path}\""))
    }

    /// Returns where a link leads.
    pub(crate) fn link(&self, path: &str) -> String {
        let said = self.details(path);
        let rest = said.split_once("Fast link dest: \"").map(|(_, rest)| rest).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Returns a line of `dumpe2fs -h`.
    pub(crate) fn about(&self, key: &str) -> String {
        let said = self.debugfs("show_super_stats -h");
        let line = said.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }
}

/// One partition: first sector, sectors, type, whether it is marked for booting.
pub(crate) type Part = (u64, u64, String, bool);

/// Reads the partition table of a disk.
pub(crate) fn partitions(disk: &Path) -> Vec<Part> {
    let said = tool(&["sfdisk", "--dump", disk.to_str().unwrap()]);
    let lines = said.lines().filter(|line| line.contains("start="));
    let parts = lines.map(|line| {
        let value = |key: &str| {
            let rest = line.split_once(key).unwrap().1;
            rest.split(',').next().unwrap().trim().to_owned()
        };
        (
            value("start=").parse().unwrap(),
            value("size=").parse().unwrap(),
            value("type="),
            line.contains("bootable"),
        )
    });
    parts.collect()
}

/// A partition of a GPT.
pub(crate) struct GptPart {
    pub(crate) start: u64,
    pub(crate) sectors: u64,
    /// Type and identifier, in capitals.
    pub(crate) kind: String,
    pub(crate) uuid: String,
}

/// Reads the GPT of a disk.
pub(crate) fn gpt(disk: &Path) -> Vec<GptPart> {
    let said = tool(&["sfdisk", "--json", disk.to_str().unwrap()]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["partitiontable"]["label"], "gpt");
    let parts = said["partitiontable"]["partitions"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let parts = parts.map(|part| GptPart {
        start: part["start"].as_u64().unwrap(),
        sectors: part["size"].as_u64().unwrap(),
        kind: text(&part["type"]),
        uuid: text(&part["uuid"]),
    });
    parts.collect()
}

/// Builds an image of one file system; returns where it was made, what is in it, and what a person is told.
pub(crate) async fn built(kickstart: &str) -> (Scene, Ext, Vec<String>) {
    let scene = Scene::new(ImageType::Loop, kickstart);
    let made = scene.made().await;
    let image = Ext::at(&scene.file("demo.img"), 0);
    (scene, image, made.warnings)
}
