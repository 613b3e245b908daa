//! Real builds that are killed, stopped, or run side by side.

mod program;

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use program::{Ran, Site, demo_repo, wait_for};

const KICKSTART: &str =
    "part / --size=64 --fstype=ext4\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 0.5\n%end\n";
const SLOW: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 600 &\nsetsid sleep 601 &\ntrap '' TERM\nsleep 602\n%end\n";

/// What a finished build leaves.
const FILES: [&str; 7] = ["record.json", "t.ks", "t.log", "t.packages", "t.raw", "t.sha256", "t.spdx.json"];

fn send(child: &std::process::Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
}

fn assert_one_whole_image(site: &Site, moment: &str) {
    let jobs = site.jobs();
    assert_eq!(jobs.len(), 1, "{moment}: {jobs:?}");
    assert_eq!(jobs[0]["status"], "DONE", "{moment}: {jobs:?}");
    let names: Vec<_> =
        site.images().iter().map(|file| file.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(names, FILES, "{moment}: {:?}", site.images());
}

#[test]
fn sigkill_at_ten_random_moments_loses_no_job() {
    let repo = demo_repo();
    let kills = std::env::var("IMG_TEST_KILLS").map_or(10, |kills| kills.parse().unwrap());
    // a build takes some three seconds; each tenth of them is hit, at a random place in it
    for tenth in (0..kills).map(|kill: u64| kill % 10) {
        let site = Site::new();
        site.kickstart("t.ks", KICKSTART);
        let mut build = site.start(&["build", "t.ks", "--type", "raw", "--repo", &repo]);
        let random = u64::from(uuid::Uuid::new_v4().as_u128() as u8) * 300 / 256;
        let moment = Duration::from_millis(tenth * 300 + random);
        std::thread::sleep(moment);
        let _ = build.kill();
        let ended = build.wait().unwrap();
        let mut said = String::new();
        std::io::Read::read_to_string(build.stderr.as_mut().unwrap(), &mut said).unwrap();
        let moment = format!("killed after {moment:?}, which ended it by {ended}");
        assert_eq!(site.processes_after(Duration::from_secs(5)), Vec::<String>::new(), "{moment}");

        let resumed = site.run(&["resume"]);

        assert_eq!(resumed.status, Some(0), "{moment}: {resumed:?}");
        if site.jobs().is_empty() {
            // a loaded machine may not have begun yet
            assert!(!said.contains("preparing"), "{moment}: the job is lost: {said}");
        } else {
            assert_one_whole_image(&site, &moment);
        }
    }
}

#[test]
fn what_a_dead_build_left_holds_up_no_other_and_is_given_up_on_request() {
    let site = Site::new();
    site.kickstart("slow.ks", SLOW);
    site.kickstart("t.ks", KICKSTART);
    let repo = demo_repo();
    let mut build = site.start(&["build", "slow.ks", "--type", "raw", "--repo", &repo]);
    wait_for(&mut build, "running %post");
    build.kill().unwrap();
    build.wait().unwrap();

    let next = site.run(&["build", "t.ks", "--type", "raw", "--repo", &repo]);

    assert_eq!(next.status, Some(0), "its own result, not the other's: {next:?}");
    assert!(next.stderr.contains("img: slow-"), "{next:?}");
    assert!(next.stderr.contains(" was left behind: `img resume` goes on with it"), "{next:?}");
    assert_eq!(states(&site), [r#""slow" "BUILDING""#, r#""t" "DONE""#]);

    let given_up = site.run(&["resume", "--cancel"]);

    assert_eq!(given_up.status, Some(0), "{given_up:?}");
    assert!(given_up.stderr.contains("img: giving up slow-"), "{given_up:?}");
    assert_eq!(states(&site), [r#""slow" "ERROR""#, r#""t" "DONE""#]);
    let jobs = site.jobs();
    let slow = jobs.iter().find(|job| job["name"] == "slow").unwrap();
    assert!(slow["error"].as_str().unwrap().starts_with("cancelled by "), "{slow}");
    assert_eq!(site.processes_after(Duration::from_secs(5)), Vec::<String>::new());
    assert_eq!(site.run(&["resume"]).stderr, "img: nothing was left behind\n");
}

#[test]
fn a_handed_over_image_that_had_not_begun_can_be_given_up() {
    let site = Site::new();
    site.kickstart("t.ks", KICKSTART);
    let submitted = site.run(&["submit", "t.ks", "--type", "raw", "--repo", &demo_repo()]);
    assert_eq!(submitted.status, Some(0), "{submitted:?}");

    let given_up = site.run(&["resume", "--cancel"]);

    assert_eq!(given_up.status, Some(0), "{given_up:?}");
    assert!(given_up.stderr.contains("giving up a job that had not begun"), "{given_up:?}");
    assert_eq!(states(&site), [r#""t" "ERROR""#]);
    assert!(!site.images().iter().any(|file| file.ends_with(".raw")), "{:?}", site.images());
}

/// The names of all jobs with their states, sorted.
fn states(site: &Site) -> Vec<String> {
    let mut jobs: Vec<_> =
        site.jobs().iter().map(|job| format!("{} {}", job["name"], job["status"])).collect();
    jobs.sort();
    jobs
}

#[test]
fn two_builds_side_by_side_on_one_state_folder_both_work() {
    let site = Site::new();
    let repo = demo_repo();
    site.kickstart("t.ks", KICKSTART);
    site.kickstart("u.ks", KICKSTART);
    let one = site.start(&["build", "t.ks", "--type", "raw", "--repo", &repo, "--json"]);
    let two = site.start(&["build", "u.ks", "--type", "loop", "--repo", &repo, "--json"]);
    for (child, name) in [(one, "t.raw"), (two, "u.img")] {
        let ran = Ran::of(&child.wait_with_output().unwrap());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(ran.json()["image_file"].as_str().unwrap().ends_with(name), "{ran:?}");
        assert!(!ran.stderr.contains("going on with"), "the other is alive: {ran:?}");
    }
}

#[test]
fn ctrl_c_ends_the_job_for_good_within_seconds_and_leaves_nothing_running() {
    let site = Site::new();
    site.kickstart("t.ks", SLOW);
    let mut build = site.start(&["build", "t.ks", "--type", "raw", "--repo", &demo_repo()]);
    wait_for(&mut build, "running %post");
    std::thread::sleep(Duration::from_millis(500));
    let began = std::time::Instant::now();

    send(&build, Signal::SIGINT);
    let ended = build.wait().unwrap();

    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(ended.code(), Some(1));
    assert_eq!(site.processes_after(Duration::from_secs(5)), Vec::<String>::new());
    let jobs = site.jobs();
    assert_eq!(jobs[0]["status"], "ERROR");
    assert!(jobs[0]["error"].as_str().unwrap().starts_with("cancelled by "), "{jobs:?}");
    assert_eq!(site.run(&["resume"]).stderr, "img: nothing was left behind\n");
}

#[test]
fn a_second_ctrl_c_leaves_at_once_what_the_first_has_not_cancelled() {
    let site = Site::new();
    site.kickstart("t.ks", SLOW); // deaf to SIGTERM, so the first takes seconds
    let mut build = site.start(&["build", "t.ks", "--type", "raw", "--repo", &demo_repo(), "--json"]);
    wait_for(&mut build, "running %post");
    std::thread::sleep(Duration::from_millis(500));

    send(&build, Signal::SIGINT);
    let said = wait_for(&mut build, "press Ctrl-C again");
    send(&build, Signal::SIGINT);
    let ran = Ran::of(&build.wait_with_output().unwrap());

    assert_eq!(ran.status, Some(1), "{said}{ran:?}");
    let answer = ran.json();
    assert!(answer["error"].as_str().unwrap().starts_with("interrupted; `img resume`"), "{answer}");
    assert_eq!(answer["status"], "BUILDING", "{answer}");
    assert_eq!(site.processes_after(Duration::from_secs(5)), Vec::<String>::new());
    let given_up = site.run(&["resume", "--cancel"]);
    let id = answer["image_id"].as_str().unwrap();
    assert!(given_up.stderr.contains(&format!("img: giving up {id}")), "{given_up:?}");
    assert_eq!(states(&site), [r#""t" "ERROR""#]);
}

#[test]
fn sigterm_hands_the_job_back_and_the_next_start_does_it() {
    let site = Site::new();
    site.kickstart("t.ks", KICKSTART);
    let mut build = site.start(&["build", "t.ks", "--type", "raw", "--repo", &demo_repo(), "--json"]);
    wait_for(&mut build, "installing packages");

    send(&build, Signal::SIGTERM);
    let ran = Ran::of(&build.wait_with_output().unwrap());

    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.json()["status"], "BUILDING", "{ran:?}");
    assert!(ran.json()["image_id"].is_string(), "{ran:?}");
    assert!(ran.stderr.contains("interrupted; `img resume`"), "{ran:?}");
    assert_eq!(site.processes_after(Duration::from_secs(5)), Vec::<String>::new());
    assert_eq!(site.images(), Vec::<String>::new(), "nothing half made is left");
    assert_eq!(site.run(&["resume"]).status, Some(0));
    assert_one_whole_image(&site, "after SIGTERM");
}

#[test]
fn nobody_else_may_look_into_the_state_folder() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    assert_eq!(site.run(&["jobs"]).status, Some(0));
    let mode = std::fs::metadata(site.path().join("state")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "kickstarts hold passwords");

    let site = Site::new();
    std::fs::create_dir(site.path().join("state")).unwrap();
    site.kickstart("t.ks", "bootlaoder\n");
    assert_eq!(site.run(&["build", "t.ks", "--type", "raw"]).status, Some(1)); // it opens them all
    for file in ["queue.db", "engine.db", "jobs.db"] {
        let mode = std::fs::metadata(site.path().join("state").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} in a folder that was there already");
    }
}

#[test]
fn nobody_has_to_listen_for_an_image_to_be_built() {
    let site = Site::new();
    site.kickstart("t.ks", KICKSTART);
    let repo = demo_repo();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut build = site.command(&["build", "t.ks", "--type", "raw", "--repo", &repo]);
    build.stderr(full()).stdout(full());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let ended = build.status().unwrap();
    assert_eq!(ended.code(), Some(0));
    assert_one_whole_image(&site, "with a full stderr and stdout");

    let site = Site::new();
    site.kickstart("t.ks", KICKSTART);
    let mut build = site.start(&["build", "t.ks", "--type", "raw", "--repo", &repo]);
    wait_for(&mut build, "building");
    drop(build.stderr.take()); // as a `head` that has seen enough
    assert_eq!(build.wait().unwrap().code(), Some(0));
    assert_one_whole_image(&site, "with a broken pipe");
}
