//! `img up` and `img submit`: what is handed over is built, whoever is killed.

mod program;

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use program::{Ran, Site, demo_repo};

const KICKSTART: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n";
const SLOW: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 3\n%end\n";

/// A running program, killed with the value.
struct Up(std::process::Child);

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// So long a job may take: a build waits for the disk some 150 times, which takes long where others write much.
const PATIENCE: Duration = Duration::from_secs(240);

/// Waits until a job has come this far.
fn wait_for_job(site: &Site, up: &mut Up, status: &str) {
    let start = Instant::now();
    loop {
        let jobs = site.jobs();
        if jobs.iter().any(|job| job["status"] == status) {
            return;
        }
        assert!(!jobs.iter().any(|job| job["status"] == "ERROR"), "no job {status}: {jobs:?}");
        assert!(up.0.try_wait().unwrap().is_none(), "`img up` has ended, and no job is {status}: {jobs:?}");
        assert!(start.elapsed() < PATIENCE, "no job {status}: {jobs:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_was_handed_over_is_built_by_whoever_comes_and_a_killed_one_is_followed_by_the_next() {
    let (site, repo) = (Site::new(), demo_repo());
    site.kickstart("t.ks", SLOW);
    let submitted = site.run(&["submit", "t.ks", "--type", "fs", "--repo", &repo, "--json"]);
    assert_eq!(submitted.status, Some(0), "{submitted:?}");
    let answer: serde_json::Value = serde_json::from_str(&submitted.stdout).unwrap();
    assert_eq!(answer["name"], "t");
    assert!(site.jobs().is_empty(), "nobody is there yet");

    let mut first = Up(site.start_saying("first", &["up"]));
    wait_for_job(&site, &mut first, "BUILDING");
    drop(first);
    assert_eq!(site.processes_after(Duration::from_secs(5)), Vec::<String>::new());
    let mut second = Up(site.start_saying("second", &["up"]));
    wait_for_job(&site, &mut second, "DONE");

    let jobs = site.jobs();
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    let names: Vec<_> =
        site.images().iter().map(|file| file.rsplit('/').next().unwrap().to_owned()).collect();
    let files = ["record.json", "t.ks", "t.log", "t.packages", "t.sha256", "t.spdx.json", "t.tar.gz"];
    assert_eq!(names, files, "{:?}", site.images());
    drop(second);
}

#[test]
fn whoever_waits_hears_what_came_of_it_and_the_service_ends_when_told() {
    let (site, repo) = (Site::new(), demo_repo());
    site.kickstart("good.ks", KICKSTART);
    site.kickstart("bad.ks", "bootlaoder\n");
    let mut up = Up(site.start_saying("up", &["up"]));

    let good = site.run(&["submit", "good.ks", "--type", "fs", "--repo", &repo, "--wait", "--timings"]);
    let bad = site.run(&["submit", "bad.ks", "--type", "fs", "--wait"]);
    let usage = site.run(&["submit", "good.ks", "--type", "fs", "--name", "a/b"]);

    assert_eq!(good.status, Some(0), "{good:?}");
    assert!(good.stdout.contains("good.tar.gz"), "{good:?}");
    let steps: Vec<_> = good.stderr.lines().filter_map(|line| line.split("%  ").nth(1)).collect();
    assert!(steps.contains(&"installing packages") && steps.last() == Some(&"finishing"), "{good:?}");
    assert!(good.stderr.contains(" s        together"), "{good:?}");
    assert_eq!(bad.status, Some(1), "{bad:?}");
    assert!(bad.stderr.contains("did you mean `bootloader`"), "{bad:?}");
    assert_eq!(usage.status, Some(2), "{usage:?}");
    kill(Pid::from_raw(up.0.id().cast_signed()), Signal::SIGTERM).unwrap();
    let start = Instant::now();
    while up.0.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(up.0.wait().unwrap().success());
}

#[test]
fn a_service_takes_nothing_of_its_machine_unless_the_site_says_so() {
    let (site, repo) = (Site::new(), demo_repo());
    site.kickstart("t.ks", KICKSTART);
    let mut command = site.command(&["up"]);
    command.env_remove("IMG_WORKER_LOCAL_SOURCES");
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let up = Up(command.spawn().unwrap());

    let refused = site.run(&["submit", "t.ks", "--type", "fs", "--repo", &repo, "--wait"]);

    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("only when the site says so: name its beginning in [worker] local_sources"),
        "{refused:?}"
    );
    drop(up);
}

#[test]
fn what_is_finished_within_the_grace_is_known_to_be_done() {
    let (site, repo) = (Site::new(), demo_repo());
    site.kickstart("t.ks", SLOW);
    site.kickstart("site.conf", "[participant]\ngrace = 60\n");
    let mut up = Up(site.start_saying("up", &["up", "--config", "site.conf"]));
    let submitted = site.run(&["submit", "t.ks", "--type", "fs", "--repo", &repo]);
    assert_eq!(submitted.status, Some(0), "{submitted:?}");
    wait_for_job(&site, &mut up, "BUILDING");

    kill(Pid::from_raw(up.0.id().cast_signed()), Signal::SIGTERM).unwrap();

    assert!(up.0.wait().unwrap().success());
    assert_eq!(site.jobs()[0]["status"], "DONE", "{:?}", site.jobs());
}

#[test]
fn builds_stand_back_behind_others_where_the_site_says_so() {
    let (site, repo) = (Site::new(), demo_repo());
    let note = "%post --nochroot\n(nice; ionice -p $$) >$IMG_OUT_DIR/priority\n%end\n";
    site.kickstart("t.ks", format!("{KICKSTART}{note}"));
    site.kickstart("site.conf", "[worker]\nnice = 19\nionice = idle\n");
    let up = Up(site.start_saying("up", &["up", "--config", "site.conf"]));

    let built = site.run(&["submit", "t.ks", "--type", "fs", "--repo", &repo, "--wait", "--json"]);

    assert_eq!(built.status, Some(0), "{built:?}");
    let image = std::path::PathBuf::from(built.json()["image_file"].as_str().unwrap());
    assert_eq!(std::fs::read_to_string(image.with_file_name("priority")).unwrap(), "19\nidle\n");
    drop(up);
}

#[test]
fn whoever_waits_for_nobody_is_told() {
    let site = Site::new();
    site.kickstart("bad.ks", "bootlaoder\n");
    let mut waiting = Up(site.start(&["submit", "bad.ks", "--type", "fs", "--wait"]));

    let told = program::wait_for(&mut waiting.0, "does `img up` run");
    let up = Up(site.start(&["up"]));
    let then = program::wait_for(&mut waiting.0, "did you mean `bootloader`");

    assert!(told.contains("handed over; waiting for `img up`"), "{told}");
    assert_eq!(waiting.0.wait().unwrap().code(), Some(1), "{then}");
    drop(up);
}

#[test]
fn a_machine_may_be_configured_also_while_it_works_and_mistakes_are_told() {
    let (site, repo) = (Site::new(), demo_repo());
    site.kickstart("t.ks", KICKSTART);
    let configure = |folder: &str| {
        let images = site.path().join(folder);
        site.kickstart("site.conf", format!("[worker]\nbase_dir = {}\n", images.display()));
    };
    configure("first");
    site.kickstart("wrong.conf", "[worker]\ntimeout = soon\n");
    let submit =
        || site.run(&["submit", "t.ks", "--type", "fs", "--repo", &repo, "--wait", "--config", "site.conf"]);

    let wrong = site.run(&["up", "--config", "wrong.conf"]);
    let missing = site.run(&["up", "--config", "missing.conf"]);
    let mut up = Up(site.start(&["up", "--config", "site.conf"]));
    let first: Ran = submit();
    let reload = |up: &mut Up, heard: &str| {
        kill(Pid::from_raw(up.0.id().cast_signed()), Signal::SIGHUP).unwrap();
        program::wait_for(&mut up.0, heard)
    };
    site.kickstart("site.conf", "[worker]\ntimeout = soon\n");
    let told = reload(&mut up, "stays as it was");
    configure("second");
    reload(&mut up, "was read again");
    let second = submit();

    assert_eq!((wrong.status, missing.status), (Some(1), Some(1)));
    assert!(wrong.stderr.contains("wrong.conf:2"), "{wrong:?}");
    assert!(missing.stderr.contains("missing.conf"), "{missing:?}");
    assert!(told.contains("site.conf:2"), "{told}");
    for (built, folder) in [(first, "/first/"), (second, "/second/")] {
        assert_eq!(built.status, Some(0), "{built:?}");
        assert!(built.stdout.contains(folder), "{built:?}");
    }
}

#[test]
fn as_many_images_are_made_at_a_time_as_the_machine_is_told() {
    let (site, repo) = (Site::new(), demo_repo());
    let pause = "%post\nsleep 20\n%end\n";
    site.kickstart("t.ks", format!("{KICKSTART}{pause}"));
    site.kickstart("site.conf", "[participant]\nconcurrency = 2\n");
    for _ in 0..2 {
        let submitted = site.run(&["submit", "t.ks", "--type", "fs", "--repo", &repo, "--json"]);
        assert_eq!(submitted.status, Some(0), "{submitted:?}");
    }
    let mut up = Up(site.start_saying("up", &["up", "--config", "site.conf"]));

    let start = Instant::now();
    let both = || site.jobs().iter().filter(|job| job["status"] == "BUILDING").count() == 2;
    while !both() {
        assert!(
            !site.jobs().iter().any(|job| job["status"] == "DONE"),
            "one after the other: {:?}",
            site.jobs()
        );
        assert!(up.0.try_wait().unwrap().is_none(), "`img up` has ended");
        assert!(start.elapsed() < PATIENCE, "{:?}", site.jobs());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_second_one_says_that_one_runs_already_and_ends() {
    let site = Site::new();
    let mut first = Up(site.start(&["up"]));
    program::wait_for(&mut first.0, "answering programs at");

    let second = site.run(&["up"]);

    assert_eq!(second.status, Some(1), "{second:?}");
    let words = format!(
        "`img up` runs already with the state folder {}, as process {}: end it first",
        site.path().join("state").display(),
        first.0.id()
    );
    assert!(second.stderr.contains(&words), "{second:?}");
    drop(first); // killed: nobody has to clear up after it
    let mut third = Up(site.start(&["up"]));
    program::wait_for(&mut third.0, "answering programs at");
    let left = || std::fs::read_dir(site.path().join("state/owners")).unwrap().count();
    let start = Instant::now();
    while left() > 1 {
        assert!(start.elapsed() < PATIENCE, "the lock of the dead one stays");
        std::thread::sleep(Duration::from_millis(50));
    }
}
