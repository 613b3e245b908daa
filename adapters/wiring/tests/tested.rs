//! From a kickstart to an image that was tested, in one process.

mod program;

use std::ffi::OsString;

use program::{Ran, Site, demo_repo, make_key, vm_repo, workspace};
use serde_json::{Value, json};

/// What runs in the image. It has to come from there whole: letters that terminals take for themselves, and many of them.
const SCRIPT: &str = "# \u{3}\u{4}\t'\"$(\\) h\u{e9}llo\n\
    echo 1..4\n\
    [ \"$(cat /etc/hostname)\" = tested ] && echo 'ok 1 - it has its name'\n\
    touch /written && grep -q ' / ext4 rw' /proc/mounts && echo 'ok 2 - its root can be written'\n\
    echo 'ok 3 - it has sound # SKIP no card here'\n\
    printf 'about 4\\nnot ok 4 - it has a tab: %s\\n' \"$(printf '\t' | od -c | head -n 1)\"\n";

/// Builds an image that fails one of the tests in `tests.sh`, with these settings of `[tester]`; returns the answer.
fn tested(site: &Site, kickstart: &str, repos: &[String], settings: &[(&str, OsString)]) -> Value {
    let process = workspace("examples/processes/build_and_test.pdef");
    let mut build = site.command(&["build", kickstart, "--type", "raw", "--name", "tested", "--json"]);
    build.args(["--process", process.to_str().unwrap()]);
    build.args(repos.iter().flat_map(|repo| ["--repo", repo]));
    build.env("IMG_TESTER_TEST_SCRIPT", site.path().join("tests.sh"));
    build.env("IMG_TESTER_VM_ACCEL", "tcg").env("IMG_TESTER_VM_WAIT", "250");
    build.envs(settings.iter().map(|(key, value)| (format!("IMG_TESTER_{key}"), value)));
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let ran = Ran::of(&build.output().unwrap());
    let answer = ran.json();
    assert_eq!((ran.status, &answer["status"]), (Some(1), &json!("DONE, TESTED")), "{ran:?}");
    answer
}

#[test]
fn a_kickstart_becomes_an_image_that_was_tested() {
    let site = Site::new();
    site.kickstart("tests.sh", SCRIPT);
    let kickstart = workspace("examples/kickstarts/hello.ks");
    let password = ("TEST_PASS", OsString::from("hello")); // that of root in that kickstart

    // a test that failed is no image that can be used, and the program says which
    let answer = tested(&site, kickstart.to_str().unwrap(), &[demo_repo()], &[password]);

    let error = answer["error"].as_str().unwrap();
    assert!(error.starts_with("Image tested: 1 of 5 tests failed; it has a tab:"), "{error}");
    assert_eq!(site.jobs()[0]["status"], "DONE, TESTED");

    let folder = std::path::PathBuf::from(answer["image_file"].as_str().unwrap());
    let folder = folder.parent().unwrap();
    let results = std::fs::read_to_string(folder.join("results/results.json")).unwrap();
    let results: Value = serde_json::from_str(&results).unwrap();
    let tests: Vec<_> =
        results["tests"].as_array().unwrap().iter().map(|test| (&test["name"], &test["end"])).collect();
    let name = tests[4].0.as_str().unwrap();
    assert!(
        name.starts_with("it has a tab: 0000000") && name.contains("\\t"),
        "the tab came through: {name}"
    );
    let expected = [
        (json!("boot"), json!("passed")),
        (json!("it has its name"), json!("passed")),
        (json!("its root can be written"), json!("passed")),
        (json!("it has sound"), json!("skipped")),
        (json!(name), json!("failed")),
    ];
    assert_eq!(tests, expected.iter().map(|(name, end)| (name, end)).collect::<Vec<_>>());
    assert_eq!(results["tests"][3]["said"], "no card here");
    let junit = std::fs::read_to_string(folder.join("results/junit.xml")).unwrap();
    assert!(junit.contains("<testsuite name=\"tested\" tests=\"5\" failures=\"1\" skipped=\"1\""), "{junit}");

    // what the guest wrote is gone, and nothing else is left
    #[expect(clippy::disallowed_methods, reason = "the checksums of the image")]
    let sums = std::process::Command::new("sha256sum")
        .args(["--check", "--quiet", "tested.sha256"])
        .current_dir(folder)
        .status();
    assert!(sums.unwrap().success(), "the image is as it was built");
    let names: Vec<_> = site.images().into_iter().filter(|name| name.contains("/.")).collect();
    assert!(names.is_empty(), "{names:?}");
    assert_eq!(site.processes_after(std::time::Duration::from_secs(10)), [""; 0]);
}

/// What runs in an image that is reached by ssh; the port is one of the machine that tests.
fn script_over_ssh(port: u16) -> String {
    format!(
        "echo 1..3\n\
        [ \"$(id -un) $(cat /etc/hostname)\" = 'nemo tested' ] && echo 'ok 1 - whose key it is may work in it'\n\
        [ -n \"$SSH_CONNECTION\" ] && echo \"ok 2 - it is reached by ssh\"\n\
        timeout 10 nc -w 3 10.0.2.2 {port} </dev/null || echo 'ok 3 - it reaches nothing itself'\n\
        printf 'about 3\\nand \"more\"\\n' >&2; exit 3\n"
    )
}

#[test]
fn an_image_with_an_ssh_server_is_tested_by_the_key_of_a_user() {
    let site = Site::new();
    let public = make_key(&site.path().join("key"));
    let loopback = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    site.kickstart("tests.sh", script_over_ssh(loopback.local_addr().unwrap().port()));
    site.kickstart(
        "ssh.ks",
        format!(
            "part / --size=300 --fstype=ext4 --ondisk=sda\nbootloader --timeout=0 --append=\"console=ttyS0 quiet\"\n\
             network --hostname=tested\nuser --name=nemo --lock\nsshkey --username=nemo \"{public}\"\n\
             %packages\n@demo-base\nkernel-vm\nvm-guest\n%end\n"
        ),
    );
    let key = ("VM_PRIV_SSH_KEY", site.path().join("key").into_os_string());

    // its own status counts where no line says that a test failed
    let answer = tested(&site, "ssh.ks", &[demo_repo(), vm_repo()], &[key, ("TEST_USER", "nemo".into())]);

    assert_eq!(answer["error"], "Image tested: 1 of 5 tests failed; tests: exit status 3");
    let folder = std::path::PathBuf::from(answer["image_file"].as_str().unwrap());
    let results = std::fs::read_to_string(folder.with_file_name("results").join("results.json")).unwrap();
    let results: Value = serde_json::from_str(&results).unwrap();
    let tests = results["tests"].as_array().unwrap().iter();
    let tests: Vec<_> = tests.map(|test| (&test["name"], &test["end"])).collect();
    let expected = [
        (json!("boot"), json!("passed")),
        (json!("whose key it is may work in it"), json!("passed")),
        (json!("it is reached by ssh"), json!("passed")),
        (json!("it reaches nothing itself"), json!("passed")),
        (json!("tests"), json!("failed")),
    ];
    assert_eq!(tests, expected.iter().map(|(name, end)| (name, end)).collect::<Vec<_>>(), "{results:#}");
    loopback.set_nonblocking(true).unwrap();
    assert!(loopback.accept().is_err(), "nobody has come");
    assert_eq!(site.processes_after(std::time::Duration::from_secs(10)), [""; 0]);
}

#[test]
fn a_process_that_cannot_run_here_is_refused_before_anything_is_built() {
    let site = Site::new();
    site.kickstart("a.ks", "part / --size=10\n");
    for (definition, expected) in [
        ("Ruote.process_definition 'x' do\n  notify\nend\n", "no participant `notify` is here"),
        ("Ruote.process_definition 'x' do\n", "img: --process: "),
    ] {
        site.kickstart("x.pdef", definition);
        let ran = site.run(&["build", "a.ks", "--type", "raw", "--process", "x.pdef"]);
        assert!(ran.status == Some(2) && ran.stderr.contains(expected), "{ran:?}");
    }
    let ran = site.run(&["build", "a.ks", "--type", "raw", "--process", "gone.pdef"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("gone.pdef: No such file"), "{ran:?}");
    assert!(site.images().is_empty());
}
