//! Options of the builder, as `img build` hands them over.

mod program;

use program::{Site, demo_repo};

const TREE: &str = "%packages\nsetup\n%end\n";

#[test]
fn a_person_chooses_the_archive_and_the_time() {
    let site = Site::new();
    site.kickstart("tree.ks", TREE);
    let demo = demo_repo();
    let archive = |with: &[&str], environment: &str| {
        let arguments = [&["build", "tree.ks", "--type", "fs", "--repo", &demo, "--json"], with].concat();
        let mut command = site.command(&arguments);
        if !environment.is_empty() {
            command.env("SOURCE_DATE_EPOCH", environment);
        }
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let ran = program::Ran::of(&command.output().unwrap());
        let answer = ran.json();
        let file = answer["image_file"].as_str().unwrap_or_else(|| panic!("{ran:?}")).to_owned();
        (file.rsplit('/').next().unwrap().to_owned(), std::fs::read(&file).unwrap())
    };

    let zip = archive(&["--pack-to", "all of @NAME@.zip", "--source-date-epoch", "1750000000"], "");
    let again = archive(&["--pack-to=all of @NAME@.zip"], "1750000000");
    let later = archive(&["--pack-to=all of @NAME@.zip", "--source-date-epoch=1750000002"], "1750000000");

    assert_eq!(zip.0, "all of tree.zip");
    assert!(zip == again, "the same bytes by option and by environment");
    assert!(zip.1 != later.1, "the option is worth more than the environment");
}

#[test]
fn a_release_has_its_folder_and_the_strict_no_lines_without_effect() {
    let site = Site::new();
    site.kickstart("tree.ks", TREE);
    site.kickstart("odd.ks", format!("vnc\n{TREE}"));
    let demo = demo_repo();
    let build = |kickstart: &str| {
        let options = ["--repo", &demo, "--json", "--strict", "--release=4.5"];
        site.run(&[&["build", kickstart, "--type", "fs"], &options[..]].concat())
    };

    let answer = build("tree.ks").json();
    let file = answer["image_file"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(
        file.ends_with("/4.5/images/tree/tree-4.5.tar.gz") && std::path::Path::new(file).is_file(),
        "{file}"
    );
    let ran = build("odd.ks");
    let error = ran.json()["error"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (ran.status, error.as_str()),
        (Some(1), "line 1: `vnc` has no effect; --strict takes that for an error")
    );
}

#[test]
fn an_option_that_cannot_be_is_said_at_once() {
    let site = Site::new();
    site.kickstart("tree.ks", TREE);
    let demo = demo_repo();

    let ran = site.run(&["build", "tree.ks", "--type", "raw", "--repo", &demo, "--pack-to", "x/"]);

    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("--pack-to=x/ is for fs images, and this is a raw image"), "{ran:?}");
    let ran =
        site.run(&["build", "tree.ks", "--type", "fs", "--repo", &demo, "--source-date-epoch", "yesterday"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
}

#[test]
fn a_person_sees_how_much_of_each_step_is_done() {
    let site = Site::new();
    site.kickstart("disk.ks", "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n");
    let repo = demo_repo();
    let words = ["build", "disk.ks", "--type", "raw", "--repo", &repo];

    let ran = site.run(&[&words[..], &["--json"]].concat());
    let img = format!("{} {}", env!("CARGO_BIN_EXE_img"), words.join(" "));
    let mut terminal = site.command(&words);
    terminal = {
        let mut script = std::process::Command::new("script");
        script.args(["--quiet", "--return", "--command", &img, "/dev/null"]).current_dir(site.path());
        script.envs(terminal.get_envs().filter_map(|(key, value)| Some((key, value?)))).env("TERM", "xterm");
        script
    };
    #[expect(clippy::disallowed_methods, reason = "a terminal for the program under test")]
    let seen = program::Ran::of(&terminal.output().unwrap());

    assert_eq!((ran.status, seen.status), (Some(0), Some(0)), "{ran:?} {seen:?}");
    let log = std::fs::read_to_string(ran.json()["log_file"].as_str().unwrap()).unwrap();
    for line in ["installing packages 100 %", "making file systems 0 %"] {
        assert!(ran.stderr.contains(&format!(": {line}\n")), "{ran:?}");
        assert!(log.contains(&format!("] -- {line}\n")), "{log}");
    }
    assert!(seen.stdout.contains(" 100 %") && seen.stdout.contains("installing"), "{seen:?}");
}

/// Runs `img build` of the small tree where the configuration has these lines in `[worker]`.
fn configured(lines: &str, script: &str) -> program::Ran {
    let site = Site::new();
    site.kickstart("tree.ks", format!("{TREE}%post --nochroot --erroronfail\n{script}\n%end\n"));
    site.kickstart("site.conf", format!("[worker]\n{lines}\n"));
    let mut command =
        site.command(&["build", "tree.ks", "--type", "fs", "--repo", &demo_repo(), "--json", "--strict"]);
    command.env("IMG_CONFIG", site.path().join("site.conf"));
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let ran = program::Ran::of(&command.output().unwrap());
    ran
}

#[test]
fn a_person_keeps_to_what_the_configuration_of_the_machine_sets() {
    let error = |ran: &program::Ran| ran.json()["error"].as_str().unwrap_or_default().to_owned();
    // of this test, when somebody runs it with `nice`
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let own: i32 = stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().parse().unwrap();
    let writes = "head -c 300000000 /dev/zero >$INSTALL_ROOT/large; sleep 60"; // others may free as much, and then it is counted later
    for (lines, script, said) in [
        ("disk_limit = 200 MB\nwork_memory = 0", writes, "and may take 200 MB; raise [worker] disk_limit"),
        ("keep_free = 9000 TB", "true", "to stay free ([worker] keep_free)"),
        ("timeout = 2", "sleep 60", "it took longer than it may"),
        ("local_sources = http://127.0.0.1:1/", "true", "name its beginning in [worker] local_sources"),
        ("nice = 7", &format!("test $(nice) = {}", own + 6), "%post (line 4) failed"),
    ] {
        let ran = configured(lines, script);
        assert_eq!(ran.status, Some(1), "{lines}: {ran:?}");
        assert!(error(&ran).contains(said), "{lines}: {ran:?}");
    }
    let ran = configured(
        "nice = 7\nfs_pack = tar.zst\nscripts_network = none",
        &format!("test $(nice) = {} && test $(grep -c : /proc/net/dev) = 1", own + 7),
    );
    let file = ran.json()["image_file"].as_str().unwrap_or_default().to_owned();
    assert!(ran.status == Some(0) && file.ends_with(".tar.zst"), "{ran:?}");
    assert!(!ran.stderr.contains("for services"), "{ran:?}");

    let ran = configured("post_creation = /bin/false\nbase_dir = /srv/elsewhere", "true");
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(
        ran.stderr
            .contains("[worker] base_dir, post_creation are for services: at a terminal they do not count"),
        "{ran:?}"
    );
}

#[test]
fn a_mistake_in_the_configuration_is_no_limit_that_is_not_there() {
    let ran = configured("disk_limit = much\nwork_memory = 101", "true");
    assert_ne!(ran.status, Some(0), "{ran:?}");
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains("site.conf:2: [worker] disk_limit should be a size"), "{ran:?}");
    assert!(
        said.contains("site.conf:3: [worker] work_memory should be a number of percent from 0 to 100"),
        "{ran:?}"
    );
}
