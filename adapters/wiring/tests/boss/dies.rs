//! SIGKILL of a participant in the middle of a build: nothing of it stays, and the next instance builds the image.

use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;

use crate::engine::{Engine, workitem};
use crate::site::Site;

const SOON: Duration = Duration::from_secs(60);

/// Processes that live in a place of a build: there a folder of the site is mounted.
fn left(site: &Site) -> Vec<String> {
    let mark = site.path().file_name().unwrap().to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let left = processes.filter(|process| {
        std::fs::read_to_string(process.join("mountinfo")).is_ok_and(|mounts| mounts.contains(&mark))
    });
    left.map(|process| process.display().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_participant_leaves_nothing_and_the_next_one_builds_the_image() {
    let engine = Engine::on("boss-18").await;
    let site = Site::new("boss-18", "");
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let mut first = site.run(&["build_image"]);
    first.says("connected", SOON);
    engine.declare("build_image").await;
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    let kickstart = format!(
        "repo --name=demo --baseurl=file://{repo}\npart / --size=64\n%packages\nbusybox\nfilesystem\n%end\n\
         %post\nsetsid sleep 86 &\necho now\nsleep 2\n%end\n"
    );
    let image = json!({ "kickstart": kickstart, "image_id": "dies-1", "image_type": "raw", "name": "t", "arch": "x86_64" });

    engine.send("build_image", &workitem(1, "build_image", &json!({ "image": image })), "dies-1").await;
    let start = Instant::now();
    let log = || walk(site.path()).into_iter().find(|path| path.ends_with("/t.log"));
    while !log().is_some_and(|log| std::fs::read_to_string(log).is_ok_and(|text| text.contains("] now\n"))) {
        assert!(start.elapsed() < SOON, "it builds nothing:\n{}", first.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!left(&site).is_empty(), "it builds now");
    first.signal(Signal::SIGKILL);
    assert_eq!(first.ended(SOON), None);

    let start = Instant::now();
    while !left(&site).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", left(&site));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(std::fs::read_to_string("/proc/self/mounts").unwrap(), mounts);
    assert!(!walk(site.path()).iter().any(|path| path.ends_with("dies-1/t.raw")), "no half image");
    let mut second = site.run(&["build_image"]);
    let built = engine.next_reply(SOON).await;

    assert_eq!(built["fields"]["__result__"], true, "{built}");
    let url = built["fields"]["image"]["image_url"].as_str().unwrap();
    assert!(std::fs::metadata(url.strip_prefix("file://").unwrap()).unwrap().len() > 60 << 20, "{url}");
    let half: Vec<_> = walk(site.path()).into_iter().filter(|path| path.contains(".partial-")).collect();
    assert_eq!(half, Vec::<String>::new());
    second.signal(Signal::SIGTERM);
    assert_eq!(second.ended(SOON), Some(0));
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(walk(&entry.path())),
            _ => found.push(entry.path().display().to_string()),
        }
    }
    found
}
