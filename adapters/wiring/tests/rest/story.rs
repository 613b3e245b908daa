//! docs/rest.md, command by command.

use std::process::Command;

use imaging::JobStatus;

use crate::program::{Ran, Site, demo_repo, workspace};
use crate::support::Up;

/// The commands of the page.
fn script(address: &str, repo: &str) -> String {
    let page = std::fs::read_to_string(workspace("docs/rest.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script: String = blocks.collect();
    assert!(script.contains("log/events") && script.contains("invite ben"), "{script}");
    script.replace("http://127.0.0.1:8088", address).replace("http://repo.example/demo", repo)
}

#[test]
fn the_page_is_true_from_the_first_password_to_the_deletion() {
    let site = Site::new();
    let kept = site.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    let up = Up::start_on(site, &format!("[repository]\nfolders = main={}\n", kept.display()));
    let folder = demo_repo().split_once('=').unwrap().1.to_owned();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_img")).parent().unwrap().display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", &script(&up.address, &format!("file://{folder}"))]);
    command.current_dir(up.site.path()).env("IMG_STATE", up.site.path().join("state")).env("PATH", path);

    #[expect(clippy::disallowed_methods, reason = "the commands of the page")]
    let ran = Ran::of(&command.output().unwrap());

    assert_eq!(ran.status, Some(0), "{ran:?}");
    for words in [
        "event: status\n",
        r#"data: {"status":"BUILDING"}"#,
        "event: log\n",
        "event: end\n",
        r#""status":"DONE""#,
        r#""image_file":"hello.tar.gz""#,
        "hello.tar.gz: OK",
        r#""path":"hello.tar.gz""#,
        r#""state":"published""#,
        "hello.img: OK",
        r#"{"name":"ben"}"#,
        r#""label":"phone""#,
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
    let gone = up.get("jobs");
    assert_eq!(gone["jobs"], serde_json::json!([]), "it was deleted");
}

#[test]
fn a_job_is_stopped_while_it_is_built_and_its_client_hears_it() {
    let up = Up::start("");
    let repo = demo_repo().split_once('=').unwrap().1.to_owned();
    up.site.kickstart(
        "t.ks",
        "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 600\n%end\n",
    );
    let repo = format!("extra_repos=file://{repo}");
    let made = up.curl(
        &["-F", "name=t", "-F", "image_type=fs", "-F", "arch=x86_64", "-F", "kickstart=@t.ks", "-F", &repo],
        "jobs",
    );
    let id = made.json()["image_id"].as_str().unwrap().to_owned();
    let start = std::time::Instant::now();
    while up.get(&format!("jobs/{id}"))["status"] != "BUILDING" {
        assert!(start.elapsed() < crate::support::PATIENCE, "{}", up.get(&format!("jobs/{id}")));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    while up.get(&format!("jobs/{id}/progress"))["steps"] == serde_json::json!([]) {
        assert!(start.elapsed() < crate::support::PATIENCE, "nobody says how far it is");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    let stopped = up.curl(&["-X", "POST"], &format!("jobs/{id}/stop")).json();
    let heard = up.curl(&["-N"], &format!("jobs/{id}/log/events"));

    assert_eq!(
        (&stopped["status"], &stopped["cancelled_by"]),
        (&JobStatus::Error.to_string().into(), &"ana".into())
    );
    assert!(heard.stdout.contains(r#"{"error":"cancelled by ana","status":"ERROR"}"#), "{heard:?}");
    assert_eq!(
        up.get(&format!("jobs/{id}/progress"))["steps"],
        serde_json::json!([]),
        "nothing runs any more"
    );
}

#[test]
fn a_job_that_is_stopped_and_deleted_at_once_leaves_no_build_and_no_file() {
    let up = Up::start("");
    let repo = demo_repo().split_once('=').unwrap().1.to_owned();
    up.site.kickstart(
        "t.ks",
        "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 600\n%end\n",
    );
    up.site.kickstart("quick.ks", "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n");
    let repo = format!("extra_repos=file://{repo}");
    let submit = |name: &str, kickstart: &str| {
        let (name, kickstart) = (format!("name={name}"), format!("kickstart=@{kickstart}"));
        let form = ["-F", &name, "-F", "image_type=fs", "-F", "arch=x86_64", "-F", &kickstart, "-F", &repo];
        up.curl(&form, "jobs").json()["image_id"].as_str().unwrap().to_owned()
    };
    let wait = |id: &str, status: &str| {
        let start = std::time::Instant::now();
        while up.get(&format!("jobs/{id}"))["status"] != status {
            assert!(start.elapsed() < crate::support::PATIENCE, "{}", up.get(&format!("jobs/{id}")));
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    let running = submit("running", "t.ks");
    wait(&running, "BUILDING");
    let waiting = submit("waiting", "t.ks");

    for id in [&running, &waiting] {
        up.curl(&["-X", "POST"], &format!("jobs/{id}/stop"));
        up.curl(&["-X", "DELETE"], &format!("jobs/{id}"));
    }

    let last = submit("last", "quick.ks");
    wait(&last, "DONE");
    let start = std::time::Instant::now();
    loop {
        let left = files_named(up.site.path(), &[&running, &waiting]);
        if left.is_empty() {
            break;
        }
        assert!(start.elapsed() < crate::support::PATIENCE, "{left:?}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(!files_named(up.site.path(), &[&last]).is_empty(), "the last one is there");
}

/// Everything below a folder whose name holds one of these ids.
fn files_named(folder: &std::path::Path, ids: &[&String]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if ids.iter().any(|id| name.contains(id.as_str())) {
            found.push(entry.path());
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files_named(&entry.path(), ids));
        }
    }
    found
}

#[test]
fn what_is_wrong_with_people_is_told_with_what_to_do() {
    let site = Site::new();
    let passwd = |name: &str, password: &str| {
        let mut command = site.command(&["user", "passwd", name]);
        command.stdin(std::process::Stdio::piped());
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), password.as_bytes()).unwrap();
        Ran::of(&child.wait_with_output().unwrap())
    };
    for (ran, status, words) in [
        (passwd("admin", ""), 1, "no password was given; nothing was changed"),
        (passwd("admin", "short\n"), 1, "should have 8 characters at least"),
        (passwd("a/b", "correct horse\n"), 1, "should have 1 to 64 letters"),
        (passwd("admin", "correct horse\n"), 0, "admin is an administrator now"),
        (passwd("ben", "correct horse\n"), 1, "there is no account `ben`: `img user add ben` makes one"),
        (site.run(&["user", "token", "ben"]), 1, "there is no account `ben`"),
        (site.run(&["user", "invite", "ben"]), 1, "there is no account `ben`"),
        (site.run(&["user", "remove", "ben"]), 1, "there is no account `ben`"),
        (
            site.run(&["user", "add", "ben", "--group", "night"]),
            1,
            "there is no group `night`; there are administrators makers",
        ),
        (site.run(&["user", "add", "ben", "--group", "makers"]), 0, "ben has no password yet"),
        (site.run(&["user", "token", "ben", "--scope", "all"]), 2, "possible values: read, submit, manage"),
    ] {
        assert_eq!(ran.status, Some(status), "{ran:?}");
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
    let list = site.run(&["user", "list", "--json"]).json();
    let names: Vec<_> =
        list.as_array().unwrap().iter().map(|account| account["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["admin", "ben"]);
}
