//! The look around after something went wrong.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{Ran, Site, demo_repo};

/// The packages of every image here.
pub(crate) const PACKAGES: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n";

/// So long what was killed may be about to die.
const PATIENCE: Duration = Duration::from_secs(10);

/// What of the machine a build could leave changed, looked at before it.
pub(crate) struct Before {
    mounts: BTreeSet<String>,
    loops: BTreeSet<String>,
}

impl Before {
    pub(crate) fn look() -> Before {
        Before { mounts: mounts(), loops: loops() }
    }

    /// Asserts that nothing of the builds of a site is left: neither running, nor mounted, nor half made.
    pub(crate) fn nothing_is_left(&self, site: &Site, when: &str) {
        let start = Instant::now();
        while !(inside(site).is_empty() && site.processes().is_empty()) && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(site.processes(), Vec::<String>::new(), "{when}");
        assert_eq!(inside(site), Vec::<String>::new(), "{when}: processes that see folders of the site");
        let mark = mark(site);
        let new: Vec<_> =
            mounts().difference(&self.mounts).filter(|line| line.contains(&mark)).cloned().collect();
        assert_eq!(new, Vec::<String>::new(), "{when}: mounted");
        let new: Vec<_> =
            loops().difference(&self.loops).filter(|line| line.contains(&mark)).cloned().collect();
        assert_eq!(new, Vec::<String>::new(), "{when}: loop devices");
        assert_eq!(half_made(&site.path().join("state/images")), Vec::<String>::new(), "{when}: half made");
    }

    /// The same, and that the next build works.
    pub(crate) fn all_is_well(&self, site: &Site, when: &str) {
        self.nothing_is_left(site, when);
        site.kickstart("next.ks", PACKAGES);
        let next = site.run(&["build", "next.ks", "--type", "fs", "--repo", &demo_repo(), "--json"]);
        assert_eq!(next.status, Some(0), "{when}: the next build: {next:?}");
        self.nothing_is_left(site, when);
    }
}

/// A word that is in every path of a site, wherever it is mounted.
fn mark(site: &Site) -> String {
    site.path().file_name().unwrap().to_string_lossy().into_owned()
}

/// Processes that live in a place of a build: there a folder of the site is mounted.
fn inside(site: &Site) -> Vec<String> {
    let mark = mark(site);
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let inside = processes.filter(|process| {
        std::fs::read_to_string(process.join("mountinfo")).is_ok_and(|mounts| mounts.contains(&mark))
    });
    inside
        .map(|process| {
            let words = std::fs::read(process.join("cmdline")).unwrap_or_default();
            format!("{}: {}", process.display(), String::from_utf8_lossy(&words).replace('\0', " "))
        })
        .collect()
}

fn mounts() -> BTreeSet<String> {
    std::fs::read_to_string("/proc/self/mountinfo").unwrap().lines().map(str::to_owned).collect()
}

/// The files behind loop devices.
fn loops() -> BTreeSet<String> {
    let devices = std::fs::read_dir("/sys/block").into_iter().flatten().flatten();
    devices
        .filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok())
        .collect()
}

/// Folders of builds that did not come to their end, and of their work, anywhere below.
fn half_made(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(".partial-") || name == "work" {
            found.push(entry.path().display().to_string());
        } else if entry.path().is_dir() {
            found.extend(half_made(&entry.path()));
        }
    }
    found
}

/// Asserts that a build failed and left no image; returns the sentence why.
pub(crate) fn failed(ran: &Ran) -> String {
    let answer = ran.json();
    assert_eq!((ran.status, &answer["status"]), (Some(1), &"ERROR".into()), "{ran:?}");
    assert_eq!(answer["image_file"], Value::Null, "{ran:?}");
    answer["error"].as_str().unwrap().to_owned()
}
