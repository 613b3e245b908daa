//! `img config` on files as they are found: right, old, broken.

mod broken;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const GOOD: &str =
    "[boss]\namqp_host = mq.example\namqp_user = boss\namqp_pwd = hunter2\namqp_vhost = boss\n";

/// A folder `skynet` with a configuration, and the program.
struct Site(tempfile::TempDir);

impl Site {
    fn new(files: &[(&str, &str)]) -> Site {
        let site = Site(tempfile::tempdir().unwrap());
        for (name, text) in files {
            site.write(name, text.as_bytes());
        }
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("skynet").join(name)
    }

    fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }

    /// Runs the program; returns its status, stdout and stderr, without the name of the folder.
    fn img(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_img"));
        command
            .args(arguments)
            .env("IMG_CONFIG", self.path("skynet.conf"))
            .env("IMG_STATE", self.path("state"));
        command.envs(variables.iter().copied()).current_dir(self.0.path()).stdin(Stdio::null());
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let output = command.output().unwrap();
        let folder = format!("{}/", self.0.path().display());
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&folder, "");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn show_says_what_is_in_force_and_where_it_came_from() {
    let site = Site::new(&[
        ("skynet.conf", GOOD),
        ("build_ks.conf", "[participant]\nqueue = ks\n[boss]\namqp_user = ks\n"),
        ("../imager/img.conf", "[worker]\nuse_kvm = yes\n"),
    ]);
    let (status, stdout, stderr) =
        site.img(&["config", "show", "build_ks"], &[("IMG_BOSS_AMQP_VHOST", "other")]);
    assert_eq!(status, Some(0), "{stderr}");
    let lines: Vec<_> =
        stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for expected in [
        "; build_ks: imager/img.conf, skynet/skynet.conf, skynet/build_ks.conf",
        "[boss]",
        "amqp_host = mq.example ; skynet/skynet.conf:2",
        "amqp_user = ks ; skynet/build_ks.conf:4; instead of skynet/skynet.conf:3",
        "amqp_pwd = (set, not shown) ; skynet/skynet.conf:4",
        "amqp_vhost = other ; $IMG_BOSS_AMQP_VHOST; instead of skynet/skynet.conf:5",
        "amqp_heartbeat = 10 ; default",
        "viewer = ; not set",
        "regexp = ; its name",
    ] {
        assert!(lines.iter().any(|line| line == expected), "`{expected}` is not in\n{stdout}");
    }
    let kvm = "use_kvm = yes ; imager/img.conf:2";
    assert!(lines.iter().any(|line| line.starts_with(kvm)), "{stdout}");

    let (status, stdout, stderr) = site.img(&["config", "show", "build_ks", "build_image", "--json"], &[]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(!stdout.contains("hunter2") && !stderr.contains("hunter2"));
    let shown: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (&shown[0]["participant"], &shown[1]["participant"]),
        (&json!("build_ks"), &json!("build_image"))
    );
    let find = |name: &str| {
        shown[0]["values"].as_array().unwrap().iter().find(|line| line["key"] == name).unwrap().clone()
    };
    assert_eq!(
        find("amqp_pwd"),
        json!({ "section": "boss", "key": "amqp_pwd", "value": null, "hidden": true,
            "origin": "skynet/skynet.conf:4", "overrides": [], "note": null })
    );
    assert_eq!(find("queue")["origin"], "skynet/build_ks.conf:2");
}

#[test]
fn a_program_that_builds_cannot_run_is_a_mistake() {
    let site = Site::new(&[
        ("skynet.conf", GOOD),
        ("build_image.conf", "[worker]\npost_creation = /nonexistent/sign\nmic_opts = --copy-kernel\n"),
    ]);
    let (status, _, stderr) = site.img(&["config", "check", "build_image"], &[]);
    assert_eq!(status, Some(1));
    assert!(
        stderr.contains(
            "skynet/build_image.conf:2: [worker] post_creation names a program that cannot run: /nonexistent/sign: there is no \
             such file"
        ),
        "{stderr}"
    );
    let (status, _, stderr) = site.img(&["participant", "run", "build_image"], &[]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("[worker] post_creation names a program that cannot run"), "{stderr}");
    let (status, _, stderr) =
        site.img(&["config", "check", "build_image"], &[("IMG_WORKER_POST_CREATION", "/bin/true")]);
    assert_eq!(status, Some(0), "{stderr}");
}

#[test]
fn check_says_all_mistakes_and_warnings() {
    let site =
        Site::new(&[("skynet.conf", GOOD), ("mine.conf", "[participant]\nqueue = q\n[mine]\nx = 1\n")]);
    let (status, stdout, stderr) = site.img(&["config", "check"], &[]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout, "no mistakes in skynet/skynet.conf, skynet/mine.conf\n");

    site.write(
        "build_image.conf",
        b"[participant]\nconcurrency = many\n[worker]\nbase_dir = here\ntimout = 3\n",
    );
    site.write("request_image.conf", b"[db]\ndb_engine = postgresql\n");
    fs::set_permissions(site.path("skynet.conf"), Permissions::from_mode(0o644)).unwrap();
    let expected = [
        "skynet/build_image.conf:2: [participant] concurrency should be a number of jobs, not `many`",
        "skynet/build_image.conf:4: [worker] base_dir should be an absolute path, not `here`",
        "skynet/skynet.conf: [db] db_name is missing",
        "skynet/skynet.conf: [db] db_user is missing",
        "skynet/skynet.conf: [db] db_pass is missing",
        "warning: everybody on this machine can read skynet/skynet.conf, which holds amqp_pwd (line 4)",
        "warning: skynet/build_image.conf:5: [worker] has no key `timout`: did you mean `timeout`?",
    ];
    let (status, stdout, stderr) = site.img(&["config", "check"], &[]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    for words in expected {
        assert_eq!(stderr.matches(&format!("img: {words}")).count(), 1, "{words}: {stderr}");
    }
    assert_eq!(stderr.lines().count(), expected.len(), "{stderr}");
    let (status, stdout, _) = site.img(&["config", "check", "build_image", "--json"], &[]);
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((status, &answer["result"]), (Some(1), &json!(false)));
    assert_eq!(
        (&answer["mistakes"][0]["line"], answer["mistakes"].as_array().unwrap().len()),
        (&json!(2), 2)
    );
    let (status, _, stderr) = site.img(&["config", "check", "mine"], &[]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("this program has no participant `mine`"), "{stderr}");
}

#[test]
fn check_looks_at_everybody_who_is_configured() {
    for (name, text, sentence) in [
        (
            "participants/arm.conf",
            "[participant]\ncode = build_image\nconcurrency = many\n",
            "skynet/participants/arm.conf:3: ",
        ),
        ("build_ks.env", "IMG_PARTICIPANT_GRACE=soon\n", "skynet/build_ks.env:1: "),
    ] {
        let site = Site::new(&[("skynet.conf", GOOD), (name, text)]);
        let (status, _, stderr) = site.img(&["config", "check"], &[]);
        assert_eq!(status, Some(1), "{stderr}");
        assert!(stderr.contains(sentence), "{stderr}");
    }
}

#[test]
fn nothing_is_connected_with_half_a_configuration() {
    let site = Site::new(&[("skynet.conf", "[boss\n")]);
    site.write("x.pdef", b"Ruote.process_definition do\n  build_ks\nend\n");
    let definition = site.path("x.pdef");
    for _ in 0..5 {
        for words in [
            &["boss", "register", "x"][..],
            &["boss", "unregister", "x"],
            &["boss", "launch", definition.to_str().unwrap()],
        ] {
            let (status, _, stderr) =
                site.img(words, &[("IMG_BOSS_AMQP_HOST", "name.invalid"), ("IMG_BOSS_AMQP_USER", "u")]);
            assert_eq!(status, Some(1));
            assert!(
                stderr.contains("skynet/skynet.conf:1: ") && !stderr.contains("panicked"),
                "{words:?}: {stderr}"
            );
        }
    }
}

#[test]
fn certificates_that_are_of_no_use_are_mistakes_at_once() {
    let site = Site::new(&[("skynet.conf", "")]);
    site.write("der.crt", b"\x30\x82\xff");
    site.write("good.crt", b"caf\xe9\n-----BEGIN CERTIFICATE-----\n");
    File::create(site.path("huge.crt")).unwrap().set_len(100 << 20).unwrap();
    nix::unistd::mkfifo(&site.path("pipe.crt"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for (name, words) in [
        ("none.crt", "skynet/none.crt: there is no such file"),
        ("", "this is a folder"),
        ("der.crt", "skynet/der.crt: this is no PEM file"),
        ("huge.crt", "skynet/huge.crt: the file is longer than 1 MB"),
        ("pipe.crt", "skynet/pipe.crt: this is a pipe or a device"),
    ] {
        let file = site.path(name);
        let text = format!("{GOOD}amqp_tls = yes\namqp_ca = {}\n", file.display());
        site.write("skynet.conf", text.as_bytes());
        refused(&site, words);
        refused(&site, "skynet/skynet.conf:7: [boss] amqp_ca names a file that is of no use: ");
    }
    let text = format!("{GOOD}amqp_tls = yes\namqp_ca = {}\n", site.path("good.crt").display());
    site.write("skynet.conf", text.as_bytes());
    let (status, _, stderr) = site.img(&["config", "check"], &[]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
}

/// Both commands that would begin something or judge it say the sentence once, and end with 1.
fn refused(site: &Site, sentence: &str) {
    for command in [&["config", "check", "build_ks"][..], &["participant", "run", "build_ks"]] {
        let (status, stdout, stderr) = site.img(command, &[]);
        assert_eq!((status, stdout.as_str()), (Some(1), ""), "{command:?} {sentence}: {stderr}");
        assert_eq!(stderr.matches(sentence).count(), 1, "{command:?} `{sentence}`: {stderr}");
        assert!(!stderr.contains("hunter2") && !stderr.contains("panicked"), "{stderr}");
        assert!(!site.path("state").exists());
    }
}
