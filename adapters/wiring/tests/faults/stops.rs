//! Builds that are stopped: at any moment, by a person, by the end of the program, or because they take too long.

use std::process::Child;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::aftermath::{Before, PACKAGES};
use crate::program::{Site, demo_repo, wait_for};

/// Steps of a build, as the program says them.
const STEPS: [&str; 6] =
    ["planning", "resolving and downloading", "installing packages", "running %post", "writing", "finishing"];

/// A build is gone this soon, also on a machine that has much else to do.
const SOON: Duration = Duration::from_secs(10);

/// A kickstart whose scripts ignore whoever asks them to end.
fn deaf() -> String {
    format!("{PACKAGES}%post\ntrap '' TERM INT HUP\nsetsid sleep 86421 &\nsleep 0.4\n%end\n")
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
}

/// Starts a build, stops it by a signal soon after a step began, and returns when it was sent.
fn stopped_at(site: &Site, step: &str, signal: Signal) -> (Child, Instant) {
    let mut build = site.start(&["build", "t.ks", "--type", "raw", "--repo", &demo_repo()]);
    wait_for(&mut build, step);
    std::thread::sleep(Duration::from_millis(u64::from(uuid::Uuid::new_v4().as_u128() as u8)));
    send(&build, signal);
    (build, Instant::now())
}

#[test]
fn a_person_may_stop_a_build_at_any_moment() {
    let (site, before) = (Site::new(), Before::look());
    site.kickstart("t.ks", deaf());
    let rounds = std::env::var("IMG_TEST_STOPS").map_or(1, |rounds| rounds.parse().unwrap());
    for step in STEPS.iter().cycle().take(rounds * STEPS.len()) {
        let jobs = site.jobs().len();

        let (mut build, asked) = stopped_at(&site, step, Signal::SIGINT);
        let ended = build.wait().unwrap();

        assert!(asked.elapsed() < SOON, "{step}: {:?}", asked.elapsed());
        before.nothing_is_left(&site, step);
        let job = &site.jobs()[0];
        assert_eq!(site.jobs().len(), jobs + 1, "{step}");
        if ended.success() {
            assert_eq!(job["status"], "DONE", "{step}: it was as good as made"); // the last step is a short one
        } else {
            let error = job["error"].as_str().unwrap();
            assert!(error.starts_with("cancelled by "), "{step}: {job}");
            let image = format!("{}/t.raw", job["image_id"].as_str().unwrap());
            assert!(!site.images().iter().any(|file| file.ends_with(&image)), "{step}");
        }
    }
    before.all_is_well(&site, "after all those stops");
}

#[test]
fn a_program_may_end_at_any_moment_and_the_next_goes_on() {
    let (site, before) = (Site::new(), Before::look());
    site.kickstart("t.ks", deaf());
    let steps = [STEPS[0], STEPS[3], STEPS[5]];
    for step in steps {
        let (mut build, asked) = stopped_at(&site, step, Signal::SIGTERM);
        build.wait().unwrap();

        assert!(asked.elapsed() < SOON, "{step}: {:?}", asked.elapsed());
        before.nothing_is_left(&site, step);
    }

    let resumed = site.run(&["resume"]);

    assert_eq!(resumed.status, Some(0), "{resumed:?}");
    let jobs = site.jobs();
    assert_eq!(jobs.len(), steps.len());
    assert!(jobs.iter().all(|job| job["status"] == "DONE"), "{jobs:?}");
    before.all_is_well(&site, "after all those ends");
}

#[test]
fn a_build_that_takes_longer_than_it_may_is_stopped_with_all_its_daemons() {
    let (site, before) = (Site::new(), Before::look());
    let deaf = "trap '' TERM INT HUP\nsetsid sleep 86422 &\n";
    let scripts = format!(
        "%post\n{deaf}sleep 0.1\n%end\n%post --nochroot\n{deaf}(setsid setsid sleep 86423 &)\nwait\nsleep 86424\n%end\n"
    );
    site.kickstart("t.ks", format!("{PACKAGES}{scripts}"));
    site.kickstart("site.conf", "[worker]\ntimeout = 6\n");
    let mut up = site.start_saying("up", &["up", "--config", "site.conf"]);

    let ran = site.run(&[
        "submit",
        "t.ks",
        "--type",
        "raw",
        "--repo",
        &demo_repo(),
        "--wait",
        "--json",
        "--config",
        "site.conf",
    ]);
    send(&up, Signal::SIGTERM);
    up.wait().unwrap();

    assert_eq!(crate::aftermath::failed(&ran), "stopped: it took longer than it may");
    before.all_is_well(&site, "after the deadline");
}
