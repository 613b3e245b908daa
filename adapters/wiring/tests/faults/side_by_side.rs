//! Several builds at once, with one state folder and one cache.

use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::aftermath::{Before, PACKAGES};
use crate::program::{Ran, Site, demo_repo, wait_for};

#[test]
fn of_four_builds_at_once_one_is_killed_and_all_others_are_right() {
    let (site, before) = (Site::new(), Before::look());
    let repo = demo_repo();
    let start = |name: &str| {
        // each image says whose it is
        site.kickstart(&format!("{name}.ks"), format!("{PACKAGES}%post\necho {name} >/etc/whose\n%end\n"));
        site.start(&["build", &format!("{name}.ks"), "--type", "fs", "--repo", &repo, "--json"])
    };
    let others = ["a", "b", "c"].map(|name| (name, start(name)));
    let mut victim = start("victim");
    wait_for(&mut victim, "installing packages");

    kill(Pid::from_raw(victim.id().cast_signed()), Signal::SIGKILL).unwrap();
    victim.wait().unwrap();

    for (name, child) in others {
        let ran = Ran::of(&child.wait_with_output().unwrap());
        assert_eq!(ran.status, Some(0), "{name}: {ran:?}");
        assert_eq!(whose(&ran), name);
    }
    let resumed = site.run(&["resume"]);
    assert_eq!(resumed.status, Some(0), "{resumed:?}");
    let jobs = site.jobs();
    let done = jobs.iter().filter(|job| job["status"] == "DONE").count();
    assert_eq!((jobs.len(), done), (4, 4), "{jobs:?}");
    before.all_is_well(&site, "after four at once");
}

/// Reads out of an image whose it is.
fn whose(ran: &Ran) -> String {
    let image = PathBuf::from(ran.json()["image_file"].as_str().unwrap());
    let text = child::quick(&["tar".as_ref(), "-xOf".as_ref(), image.as_os_str(), "./etc/whose".as_ref()]);
    String::from_utf8(text.unwrap().stdout).unwrap().trim().to_owned()
}
