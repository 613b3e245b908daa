//! The command `skynet`, with a stand-in for systemctl; with a real systemd it is run in a virtual machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Machine {
    folder: tempfile::TempDir,
}

/// Exit status, stdout, stderr.
type Said = (Option<i32>, String, String);

impl Machine {
    fn new() -> Machine {
        let machine = Machine { folder: tempfile::tempdir().unwrap() };
        let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/skynet/systemctl");
        std::fs::copy(stand_in, machine.path("systemctl")).unwrap();
        std::fs::create_dir(machine.path("runs")).unwrap();
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn skynet(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skynet"));
        for (option, name) in [
            ("--dir", "etc"),
            ("--units", "system"),
            ("--packaged", "packaged"),
            ("--systemctl", "systemctl"),
            ("--runtime", "runs"),
        ] {
            command.arg(option).arg(self.path(name));
        }
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn well(&self, arguments: &[&str]) -> (String, String) {
        let (status, stdout, stderr) = self.skynet(arguments);
        assert_eq!(status, Some(0), "{arguments:?}: {stdout}{stderr}");
        (stdout, stderr)
    }

    fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().filter(|call| !call.starts_with("show")).map(ToOwned::to_owned).collect()
    }
}

#[test]
fn a_participant_lives_from_install_to_uninstall() {
    let machine = Machine::new();
    let code = "/usr/share/boss-skynet/build_image.py";
    machine.well(&[
        "install",
        "-n",
        "arm",
        "-q",
        "arm_queue",
        "-r",
        "arm|x",
        "-u",
        "builder",
        "-i",
        "2",
        "-p",
        code,
    ]);
    machine.well(&["install", "build_ks"]);
    let text = std::fs::read_to_string(machine.path("etc/participants/arm.conf")).unwrap();
    for line in ["name = arm", "queue = arm_queue", "regexp = arm|x", "code = build_image", "concurrency = 2"]
    {
        assert!(text.lines().any(|written| written == line), "{line}: {text}");
    }
    let unit = std::fs::read_to_string(machine.path("system/participant@arm.service.d/user.conf")).unwrap();
    assert_eq!(unit, "[Service]\nUser=builder\n");

    assert_eq!(machine.well(&["list"]).0, "  arm\n  build_ks\n");
    let (shown, _) = machine.well(&["enable", "--apply", "arm"]);
    assert_eq!(shown.split_whitespace().collect::<Vec<_>>(), ["arm", "RUNNING"]);
    assert_eq!(machine.well(&["list"]).0, "* arm\n  build_ks\n");
    assert_eq!(machine.well(&["list", "--disabled"]).0, "build_ks\n");
    let (shown, _) = machine.well(&["status"]);
    let words: Vec<_> = shown.split_whitespace().collect();
    assert_eq!(words, ["arm", "RUNNING", "build_ks", "STOPPED", "(not", "started", "at", "boot)"]);
    machine.well(&["start", "--all"]);
    machine.well(&["reload", "build_ks"]);
    assert_eq!(machine.skynet(&["uninstall", "arm"]).0, Some(1), "it runs");
    machine.well(&["disable", "--apply", "--all"]);
    machine.well(&["wait", "--state", "STOPPED", "arm", "build_ks"]);
    machine.well(&["uninstall", "--all"]);
    assert_eq!(machine.well(&["list"]).0, "");
    assert!(std::fs::read_dir(machine.path("system")).unwrap().next().is_none());
    assert_eq!(
        machine.calls().into_iter().filter(|call| !call.starts_with("list-units")).collect::<Vec<_>>(),
        [
            "daemon-reload",
            "daemon-reload",
            "enable --quiet --now participant@arm.service",
            "start participant@arm.service participant@build_ks.service",
            "restart participant@build_ks.service",
            "disable --quiet --now participant@arm.service participant@build_ks.service",
            "disable --quiet participant@arm.service",
            "disable --quiet participant@build_ks.service",
            "daemon-reload",
        ]
    );
}

#[test]
fn supervisors_files_are_taken_over() {
    let machine = Machine::new();
    let old = "[program:build_ks]\ncommand = /usr/bin/skynet_exo /etc/supervisor/conf.d/build_ks.conf\nnumprocs = 1\n\
        process_name = %(program_name)s_%(process_num)s\nuser = nobody\n[participant]\nname = build_ks\nqueue = ks\nregexp = build_ks\n\
        code = /usr/share/boss-skynet/build_ks.py\n";
    std::fs::write(machine.path("old.conf"), old).unwrap();
    let file = machine.path("old.conf");
    machine.well(&["install", "--from", file.to_str().unwrap()]);
    let text = std::fs::read_to_string(machine.path("etc/participants/build_ks.conf")).unwrap();
    assert!(text.contains("queue = ks\ncode = build_ks\n"), "{text}");
    machine.well(&["install", "--from", file.to_str().unwrap()]); // once more changes nothing
    let (status, _, stderr) = machine.skynet(&["install", "build_ks"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("is installed otherwise") && stderr.contains("--force"), "{stderr}");
}

#[test]
fn a_build_image_of_another_name_may_do_what_builds_take() {
    let machine = Machine::new();
    let (_, stderr) = machine.well(&["install", "-n", "arm", "build_image"]);
    assert!(stderr.contains("install img-participants"), "{stderr}");
    let packaged = machine.path("packaged/participant@build_image.service.d/10-build.conf");
    std::fs::create_dir_all(packaged.parent().unwrap()).unwrap();
    std::fs::write(&packaged, "[Service]\n").unwrap();
    let link = machine.path("system/participant@arm.service.d/10-build.conf");

    machine.well(&["install", "-n", "arm", "build_image"]); // which is there already, without it
    assert_eq!(std::fs::read_link(&link).unwrap(), packaged);
    machine.well(&["install", "-n", "build_image", "build_image"]);
    machine.well(&["install", "build_ks"]);
    let units = std::fs::read_dir(machine.path("system")).unwrap();
    assert_eq!(units.count(), 1, "nobody else needs it");
    machine.well(&["install", "--force", "-n", "arm", "build_ks"]);
    assert!(link.symlink_metadata().is_err(), "it builds no longer");
    machine.well(&["install", "--force", "-n", "arm", "build_image"]);
    machine.well(&["uninstall", "arm"]);
    assert!(!machine.path("system/participant@arm.service.d").exists());

    // the whole folder is a link, as it was made by hand once
    let folder = machine.path("system/participant@arm.service.d");
    std::os::unix::fs::symlink(packaged.parent().unwrap(), &folder).unwrap();
    machine.well(&["install", "-n", "arm", "-u", "builder", "build_image"]);
    assert!(!packaged.with_file_name("user.conf").exists(), "build_image has its own user");
    assert_eq!(std::fs::read_link(&link).unwrap(), packaged);
    assert!(folder.join("user.conf").is_file());
    std::fs::write(folder.join("mine.conf"), "").unwrap();
    machine.well(&["uninstall", "arm"]);
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.conf"], "a person's file stays");
    assert!(packaged.is_file());

    // somebody switched it off
    let own = machine.path("system/participant@build_image.service.d/10-build.conf");
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("/dev/null", &own).unwrap();
    machine.well(&["install", "--force", "build_image"]);
    assert_eq!(std::fs::read_link(own).unwrap(), Path::new("/dev/null"));
}

#[test]
fn manual_runs_also_where_nobody_says_what_runs() {
    let machine = Machine::new();
    machine.well(&["install", "build_ks"]);
    machine.well(&["start", "build_ks"]);
    let (status, _, stderr) = machine.skynet(&["manual", "build_ks"]);
    assert!(status == Some(1) && stderr.contains("build_ks runs already"), "{stderr}");
    std::fs::write(machine.path("no-bus"), "").unwrap();
    let (_, _, stderr) = machine.skynet(&["manual", "build_ks"]);
    assert!(stderr.contains("warning: cannot see whether build_ks runs already"), "{stderr}");
    assert!(stderr.contains("etc/skynet.conf: there is no such file"), "img was asked: {stderr}");
}

#[test]
fn apply_does_what_is_needed_and_no_more() {
    let machine = Machine::new();
    for name in ["build_ks", "build_image", "request_image"] {
        machine.well(&["install", name]);
    }
    machine.well(&["enable", "build_ks"]); // is to run, and does not
    machine.well(&["start", "build_image", "request_image"]);
    std::fs::write(machine.path("units/participant@gone.service"), "").unwrap(); // runs, and is no longer installed
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let changed = std::fs::File::options()
        .append(true)
        .open(machine.path("etc/participants/build_image.conf"))
        .unwrap();
    changed.set_modified(later).unwrap();
    std::fs::remove_file(machine.path("calls")).unwrap();

    machine.well(&["apply"]);

    let calls: Vec<_> = machine.calls().into_iter().filter(|call| !call.starts_with("list-units")).collect();
    assert_eq!(
        calls,
        [
            "daemon-reload",
            "stop participant@gone.service",
            "restart participant@build_image.service",
            "start participant@build_ks.service"
        ]
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let machine = Machine::new();
    std::fs::write(machine.path("bad.conf"), "[program:x]\nuser = a\nuser = b\n").unwrap();
    let bad = machine.path("bad.conf");
    let looped = machine.path("looped.conf");
    let text = "[program:x]\n[participant]\ncode = build_ks.py\nname = %(queue)s\nqueue = %(name)s\n";
    std::fs::write(&looped, text).unwrap();
    std::fs::create_dir_all(machine.path("etc/participants/folder.conf")).unwrap();
    for (arguments, words) in [
        (&["install", "build_moon"][..], "no participant `build_moon`; it has build_image"),
        (&["install", "-n", "build_ks", "/opt/mine.py"], "no participant `mine`; it has build_image"),
        (&["install", "-n", "../x", "build_ks"], "is no name of a participant"),
        (&["install", "-n", "x", "-u", "a b", "build_ks"], "is no name of a user"),
        (&["install", "-q", "a\nuser = root", "build_ks"], "a line break"),
        (&["install", "-r", "a ; b", "build_ks"], "would be lost in the file"),
        (&["install", "--from", bad.to_str().unwrap()], "bad.conf:3"),
        (&["install", "--from", "/nonexistent"], "/nonexistent"),
        (&["install", "--from", looped.to_str().unwrap()], "looped.conf: `%(queue)s` is no name"),
        (&["install", "-n", "folder", "build_ks"], "participants/folder.conf is a folder: move it away"),
        (&["start", "a/b"], "is no name of a participant"),
        (&["log", "--all"], "nothing to show"),
    ] {
        let (status, _, stderr) = machine.skynet(arguments);
        assert_eq!(status, Some(1), "{arguments:?}");
        assert!(stderr.contains(words) && stderr.lines().count() <= 2, "{arguments:?}: {stderr}");
    }
    std::fs::write(machine.path("broken"), "").unwrap();
    let (status, stdout, stderr) = machine.skynet(&["start", "build_ks"]);
    assert_eq!(status, Some(1));
    assert!(
        stdout.contains("BACKOFF") && stderr.contains("`skynet log -o build_ks` shows why"),
        "{stdout}{stderr}"
    );
    std::fs::remove_dir(machine.path("runs")).unwrap();
    let (status, _, stderr) = machine.skynet(&["start", "build_ks"]);
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains("systemd does not run here") && stderr.contains("img participant run"),
        "{stderr}"
    );
    let (status, _, stderr) = machine.skynet(&["install", "build_ks"]);
    assert_eq!(status, Some(0), "{stderr}");
    let (status, _, stderr) = machine.skynet(&["log", "--once", "build_ks"]);
    assert_eq!(status, Some(1), "there is no journal to show, or to wait for");
    assert!(stderr.contains("systemd does not run here"), "{stderr}");
}

#[test]
fn registering_heeds_the_variables_that_override_the_configuration() {
    let machine = Machine::new();
    std::fs::create_dir(machine.path("etc")).unwrap();
    let text = "[boss]\namqp_host = 127.0.0.1:1\namqp_user = a\namqp_pwd = b\namqp_vhost = c\n";
    std::fs::write(machine.path("etc/skynet.conf"), text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_skynet"));
    command.arg("--dir").arg(machine.path("etc")).args(["register", "--blindly", "build_ks"]);
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let output = command.env("IMG_BOSS_AMQP_HEARTBEAT", "often").stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("$IMG_BOSS_AMQP_HEARTBEAT: [boss] amqp_heartbeat should be a number of seconds"),
        "{stderr}"
    );
}
