//! A disk that is full: before a build, in the middle of one, and under the state folder.

mod program;

use std::process::Command;

use program::{Ran, Site, demo_repo};

/// Runs the program where `folder` has room for so many MB only. That takes root: by sudo, where we are not.
fn run_with_room(
    site: &Site,
    folder: &str,
    megabytes: u32,
    fill_after: Option<f32>,
    arguments: &[&str],
) -> Ran {
    let words = [&[env!("CARGO_BIN_EXE_img")], arguments].concat();
    command_with_room(site, folder, &format!("size={megabytes}m"), fill_after, &words)
}

/// The same for any command, and for any limit that a file system in memory knows.
fn command_with_room(site: &Site, folder: &str, room: &str, fill_after: Option<f32>, words: &[&str]) -> Ran {
    let is_root = nix::unistd::geteuid().is_root();
    let mut command = if is_root { Command::new("unshare") } else { Command::new("sudo") };
    if !is_root {
        command.args(["-n", "--preserve-env=FILL_AFTER", "unshare"]);
    }
    // where FILL_AFTER is set, something else fills the disk after so many seconds
    let script = "mkdir -p \"$1\" && mount -t tmpfs -o \"$2\" tmpfs \"$1\" || exit 99; folder=$1; shift 2
        if [ -n \"$FILL_AFTER\" ]; then (sleep \"$FILL_AFTER\"; cat /dev/zero >\"$folder/filler\" 2>/dev/null) & fi
        exec \"$@\"";
    command.args(["--mount", "sh", "-c", script, "sh", folder, room]);
    if let Some(seconds) = fill_after {
        command.env("FILL_AFTER", seconds.to_string());
    }
    command.arg("env").arg(format!("IMG_STATE={}", site.path().join("state").display()));
    command.args(words).current_dir(site.path());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    Ran::of(&command.output().unwrap())
}

#[test]
fn a_disk_without_room_for_the_packages_is_said_before_they_are_installed() {
    let site = Site::new();
    site.kickstart("t.ks", "part / --size=64\n%packages\n@demo-base\nkernel\n%end\n");
    let ran = run_with_room(
        &site,
        "out",
        8,
        None,
        &["build", "t.ks", "--type", "raw", "--repo", &demo_repo(), "--outdir", "out", "--json"],
    );
    let answer = ran.json();
    assert_eq!((ran.status, &answer["status"]), (Some(1), &"ERROR".into()), "{ran:?}");
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("no room on the disk") && error.contains(" free in "), "{error}");
    assert!(!ran.stderr.contains("installing packages"), "{ran:?}");
}

#[test]
fn a_disk_that_fills_up_in_the_middle_ends_the_build_with_a_sentence_and_no_image() {
    let site = Site::new();
    let fill = "%post --erroronfail\ndd if=/dev/zero of=/big bs=1M count=400\n%end\n";
    site.kickstart("t.ks", format!("part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n{fill}"));
    let ran = run_with_room(
        &site,
        "out",
        150,
        None,
        &["build", "t.ks", "--type", "raw", "--repo", &demo_repo(), "--outdir", "out", "--json"],
    );
    let answer = ran.json();
    assert_eq!((ran.status, &answer["status"]), (Some(1), &"ERROR".into()), "{ran:?}");
    assert_eq!(answer["image_file"], serde_json::Value::Null);
    assert!(answer["error"].as_str().unwrap().contains("no room on the disk"), "{ran:?}");
}

#[test]
fn a_disk_that_has_room_but_for_no_more_files_is_told_from_one_without_room() {
    let many = "%post\nn=0; while echo x >/many$n; do n=$((n+1)); done\nexit 1\n%end\n";
    for (memory, erroronfail) in [("0", " --erroronfail"), ("50", " --erroronfail"), ("0", "")] {
        let site = Site::new();
        let many = many.replacen("%post", &format!("%post{erroronfail}"), 1);
        site.kickstart("t.ks", format!("%packages\nbusybox\nfilesystem\n%end\n{many}"));
        let repo = demo_repo();
        let memory = format!("IMG_WORKER_WORK_MEMORY={memory}");
        let words = ["env", &memory, env!("CARGO_BIN_EXE_img"), "build", "t.ks", "--type", "fs"];
        let words = [&words[..], &["--repo", &repo, "--outdir", "out", "--json"]].concat();

        let ran = command_with_room(&site, "out", "size=900m,nr_inodes=2000", None, &words);

        assert_eq!(ran.status, Some(1), "{ran:?}");
        let error = ran.json()["error"].as_str().unwrap().to_owned();
        let folder = site.path().join("out").canonicalize().unwrap().display().to_string();
        assert!(error.starts_with("no room on the disk for more files: "), "{error}");
        assert!(error.contains(&folder) && error.contains("of its 2000 inodes"), "{error}");
    }
}

#[test]
fn a_state_folder_without_room_is_a_clear_error() {
    let site = Site::new();
    site.kickstart("t.ks", format!("part / --size=64\n%packages\nbusybox\n%end\n#{}\n", "x".repeat(3 << 20)));
    let ran = run_with_room(&site, "state", 1, None, &["build", "t.ks", "--type", "raw"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.stderr.starts_with("img: cannot ") && ran.stderr.contains("full"), "{ran:?}");
    assert!(ran.stderr.contains("queue.db takes no more, because the disk is full: make room"), "{ran:?}");
    assert!(!ran.stderr.contains("(code: 13)"), "{ran:?}");
}

#[test]
fn a_state_folder_that_fills_up_in_the_middle_ends_the_program_with_the_job_kept() {
    let site = Site::new();
    let padding = "x".repeat(200 << 10);
    let kickstart = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 2\n%end\n";
    site.kickstart("t.ks", format!("{kickstart}#{padding}\n"));
    let repo = demo_repo();
    let arguments = ["build", "t.ks", "--type", "raw", "--repo", &repo, "--outdir", "out", "--json"];

    let ran = run_with_room(&site, "state", 24, Some(1.5), &arguments);

    assert_eq!(ran.status, Some(1), "{ran:?}");
    let error = ran.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("full") && error.contains("nothing is lost: `img resume`"), "{error}");
}

#[test]
fn a_script_that_writes_without_end_ends_before_the_disk_of_a_service_is_full() {
    let site = Site::new();
    let endless = "%post\nn=0; while :; do head -c 1000000 /dev/zero >/x$n; n=$((n+1)); done\n%end\n";
    site.kickstart("t.ks", format!("%packages\nbusybox\nfilesystem\n%end\n{endless}"));
    let service = "$0 up & up=$!; $0 submit t.ks --type fs --wait --json --repo $1; kill $up; wait $up; \
                   find $IMG_STATE/images -name work >&2; df -m --output=used $IMG_STATE | tail -n 1 >&2";
    let settings = ["KEEP_FREE=100 MB", "LOCAL_SOURCES=file:///", "SCRIPTS_NETWORK=none"];
    let settings: Vec<String> = settings.iter().map(|setting| format!("IMG_WORKER_{setting}")).collect();
    let mut words: Vec<&str> = ["env"].into_iter().chain(settings.iter().map(String::as_str)).collect();
    let repo = demo_repo();
    words.extend(["sh", "-c", service, env!("CARGO_BIN_EXE_img"), &repo]);

    let ran = command_with_room(&site, "state", "size=300m", None, &words);

    let answer = ran.json();
    assert_eq!(answer["status"], "ERROR", "{ran:?}");
    let error = answer["error"].as_str().unwrap();
    assert!(error.starts_with("the build was ended when the disk had no more than "), "{error}");
    assert!(error.contains("[worker] keep_free is 100 MB"), "{error}");
    let used: u32 = ran.stderr.lines().last().unwrap().trim().parse().unwrap();
    assert!(used < 100, "the work folder is gone, and its {used} MB with it: {}", ran.stderr);
}

#[test]
fn whoever_asks_a_service_whose_disk_is_full_hears_at_once_which_one() {
    let site = Site::new();
    site.kickstart("t.ks", format!("part / --size=64\n%packages\nbusybox\n%end\n#{}\n", "x".repeat(2 << 20)));
    let service = "$0 up 2>up.said & up=$!
        until grep -q 'answering programs at' up.said; do sleep 0.1; done
        export IMG_SERVER=$(sed -n 's,.*answering programs at \\(http:[^ ]*\\)/api.*,\\1,p' up.said | head -n 1)
        $0 user add ana --group makers >/dev/null; export IMG_TOKEN=$($0 user token ana --scope submit)
        cat /dev/zero >$IMG_STATE/filler 2>/dev/null
        $0 submit t.ks --type fs --repo $1; echo \"status $?\"
        $0 list --json | tr -d ' \\n'; echo
        rm $IMG_STATE/filler
        $0 submit t.ks --type fs --repo $1; echo \"status $?\"
        kill $up; wait $up";
    let settings = ["WORKER_LOCAL_SOURCES=file:///", "WORKER_SCRIPTS_NETWORK=none", "WEB_LISTEN=127.0.0.1:0"];
    let settings: Vec<String> = settings.iter().map(|setting| format!("IMG_{setting}")).collect();
    let mut words: Vec<&str> = ["env"].into_iter().chain(settings.iter().map(String::as_str)).collect();
    let repo = demo_repo();
    words.extend(["sh", "-c", service, env!("CARGO_BIN_EXE_img"), &repo]);

    let ran = command_with_room(&site, "state", "size=40m", None, &words);

    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!((lines[0], &lines[1][..10]), ("status 3", "{\"jobs\":[]"), "{ran:?}");
    assert!(lines[2].contains("is in the queue") && lines[3] == "status 0", "{ran:?}");
    assert!(
        ran.stderr.contains("has no room for it: the disk of ")
            && ran.stderr.contains("state/jobs.db is full"),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains("asking again"), "it waited: {ran:?}");
}
