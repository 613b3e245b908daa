//! `img` asks `img up`: the two programs, and nothing between them but a network that breaks when it is told to.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use imaging::JobStatus;

use crate::program::{Ran, demo_repo, workspace};
use crate::proxy::{Cut, Proxy};
use crate::support::{PATIENCE, Up};

impl Up {
    /// Prepares a run of `img` on this server, or one that stands before it.
    fn asking(&self, server: &str, arguments: &[&str]) -> Command {
        let mut command = self.site.command(arguments);
        command.env("IMG_SERVER", server).env("IMG_TOKEN", &self.token);
        command
    }

    fn ask(&self, arguments: &[&str]) -> Ran {
        self.ask_at(&self.address, arguments)
    }

    fn ask_at(&self, server: &str, arguments: &[&str]) -> Ran {
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        Ran::of(&self.asking(server, arguments).output().unwrap())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_image_is_asked_for_built_and_fetched_over_a_network_that_breaks() {
    let up = Up::start("");
    up.site.kickstart("t.ks", "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n");
    let order = ["submit", "-t", "fs", "-e", "ana@site.example", "-k", "t.ks", "-n", "demo", "--json"];
    let built = up.ask(&[&order[..], &["--repo", &demo_repo(), "--wait"]].concat());
    assert_eq!(built.status, Some(0), "{built:?}");
    let job = built.json();
    assert_eq!((&job["status"], &job["email"]), (&"DONE".into(), &"ana@site.example".into()), "{job}");
    let id = job["image_id"].as_str().unwrap();
    let made = up.site.path().join("state/images/api/ana").join(id).join("demo.tar.gz");
    let made = std::fs::read(made).unwrap();
    assert!(made.len() > 900_000, "{} bytes are too few to cut twice", made.len());

    let proxy = Proxy::start(&up.address, &[Cut::Ends(400_000), Cut::Ends(300_000)]);
    let fetched = up.ask_at(&proxy.address, &["download", id, "-o", "one"]);
    assert_eq!(fetched.status, Some(0), "{fetched:?}");
    assert!(fetched.stdout.trim_end().ends_with("  verified"), "{fetched:?}");
    assert!(proxy.connections() >= 3, "it was not cut");
    let one = up.site.path().join("one");
    assert_eq!(
        (names(&one), std::fs::read(one.join("demo.tar.gz")).unwrap()),
        (vec!["demo.tar.gz".into()], made.clone())
    );

    let proxy = Proxy::start(&up.address, &[Cut::Stalls(500_000)]);
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let mut killed = up.asking(&proxy.address, &["download", id, "-o", "two"]).spawn().unwrap();
    let (two, start) = (up.site.path().join("two"), Instant::now());
    while std::fs::metadata(two.join("demo.tar.gz.part")).map_or(0, |part| part.len()) < 300_000 {
        assert!(start.elapsed() < PATIENCE && killed.try_wait().unwrap().is_none(), "nothing comes");
        std::thread::sleep(Duration::from_millis(20));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(names(&two), ["demo.tar.gz.part", "demo.tar.gz.part.json"], "it has no name yet");
    let fetched = up.ask(&["download", id, "-o", "two", "--json"]);
    assert_eq!(fetched.status, Some(0), "{fetched:?}");
    let file = &fetched.json()["files"][0];
    assert!(file["verified"] == true && file["kept"].as_u64().unwrap() >= 300_000, "{file}");
    assert_eq!(
        (names(&two), std::fs::read(two.join("demo.tar.gz")).unwrap()),
        (vec!["demo.tar.gz".into()], made)
    );

    std::fs::write(two.join("demo.tar.gz"), "mine").unwrap();
    let refused = up.ask(&["download", id, "-o", "two"]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert_eq!(std::fs::read_to_string(two.join("demo.tar.gz")).unwrap(), "mine");
}

#[test]
fn a_followed_log_is_whole_over_a_network_that_breaks_and_its_status_tells_the_end() {
    let up = Up::start("");
    let log: String = (0..20_000).map(|line| format!("line {line}\n")).collect();
    let base = format!("file://{}/state/images", up.site.path().display());
    up.job("done", &base, JobStatus::Done, &[("demo.log", &log)]);
    up.job("failed", &base, JobStatus::Error, &[("demo.log", "it broke\n")]);
    let proxy = Proxy::start(&up.address, &[Cut::Ends(90_000), Cut::Ends(90_000)]);

    let followed = up.ask_at(&proxy.address, &["log", "--follow", "done"]);
    let failed = up.ask(&["log", "-f", "failed", "--json"]);
    let read = up.ask(&["log", "done"]);

    assert_eq!((followed.status, followed.stdout == log), (Some(0), true), "{}", followed.stderr);
    assert!(proxy.connections() >= 3, "it was not cut");
    assert_eq!(failed.status, Some(1), "{failed:?}");
    let lines: Vec<serde_json::Value> =
        failed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["text"] == "it broke\n"), "{lines:?}");
    assert_eq!(lines.last().unwrap()["job"]["status"], "ERROR", "{lines:?}");
    assert_eq!((read.status, read.stdout == log), (Some(0), true));
}

#[test]
fn whoever_is_refused_or_hears_nothing_is_told_by_status_and_sentence() {
    let up = Up::start("");
    let base = format!("file://{}/state/images", up.site.path().display());
    up.job("done", &base, JobStatus::Done, &[("demo.raw", "x"), ("demo.log", "x")]);
    up.job("other", &base, JobStatus::Done, &[]);
    up.site.kickstart("t.ks", "part / --size=64\n");
    up.site.kickstart("bad.ks", "bootlaoder\n");
    let config = ["user", "--config", "site.conf"];
    assert_eq!(up.site.run(&[&config[..], &["add", "ben", "--group", "makers"]].concat()).status, Some(0));
    let ben = up.site.run(&[&config[..], &["token", "ben"]].concat()).stdout.trim().to_owned();
    std::fs::write(up.site.path().join("ben"), &ben).unwrap(); // others may read it
    let pinned = up.ask(&["pin", "other"]);
    assert_eq!(pinned.status, Some(0), "{pinned:?}");
    for (arguments, status, words) in [
        (&["show", "nobody"][..], 2, "there is no job nobody"),
        (&["show", "../etc"], 2, "is no id of a job"),
        (&["list", "--status", "MAYBE"], 2, "status is wrong"),
        (&["stop", "done"], 2, "DONE"),
        (&["submit", "-t", "fs", "-k", "bad.ks"], 2, "did you mean `bootloader`"),
        (&["submit", "-t", "fs", "-k", "t.ks", "t.ks"], 2, "cannot be used with"),
        (&["delete", "done"], 2, "nobody can be asked here, and --yes is not said"),
        (&["delete", "other", "--yes"], 2, "pinned"),
        (&["delete", "done", "--yes", "--token-file", "ben"], 2, "ana"),
        (&["list", "--token-file", "ben"], 0, "chmod 600 ben"),
        (&["list", "--token-file", "t.ks"], 2, "cannot read the token file t.ks"),
        (&["list", "--server", "127.0.0.1:1"], 2, "says neither http:// nor https://"),
        (&["list", "--server", "http://127.0.0.1:1"], 3, "nobody answers at http://127.0.0.1:1"),
        (&["list", "--server", "https://127.0.0.1:1", "--ca-file", "t.ks"], 2, "holds no certificate"),
        (&["download", "done", "../demo.raw"], 2, "has no file"),
    ] {
        let ran = up.ask(arguments);
        assert_eq!(ran.status, Some(status), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(words), "{arguments:?}: {ran:?}");
        if status > 0 && !words.contains("cannot be used") {
            let json = up.ask(&[arguments, &["--json"]].concat());
            let kind = if status == 2 { "refused" } else { "unreachable" };
            assert_eq!((json.status, &json.json()["kind"]), (Some(status), &kind.into()), "{json:?}");
        }
    }
    let mut command = up.site.command(&["list"]);
    command.env("IMG_SERVER", &up.address).env("IMG_TOKEN", "img_wrong");
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let wrong = Ran::of(&command.output().unwrap());
    assert!(wrong.status == Some(2) && wrong.stderr.contains("does not take this token"), "{wrong:?}");
    let nothing = up.site.run(&["list"]);
    assert!(nothing.status == Some(2) && nothing.stderr.contains("no server is named"), "{nothing:?}");
    assert_eq!(
        up.ask(&["list", "--json"]).json()["jobs"].as_array().unwrap().len(),
        2,
        "all are still there"
    );

    let gone = up.ask(&["delete", "done", "--yes", "--json"]);
    assert_eq!(gone.json()["deleted"][0]["files"], 2, "{gone:?}");
}

#[test]
fn the_page_of_the_commands_is_true() {
    let up = Up::start("");
    let page = std::fs::read_to_string(workspace("docs/cli.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let folder = demo_repo().split_once('=').unwrap().1.to_owned();
    let script: String = blocks.collect();
    assert!(script.contains("img submit") && script.contains("img delete"), "{script}");
    let script = script
        .replace("http://127.0.0.1:8088", &up.address)
        .replace("http://repo.example/demo", &format!("file://{folder}"));
    let program = Path::new(env!("CARGO_BIN_EXE_img")).parent().unwrap().display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", &script]).current_dir(up.site.path());
    command.env("IMG_STATE", up.site.path().join("state")).env("PATH", path);

    #[expect(clippy::disallowed_methods, reason = "the commands of the page")]
    let ran = Ran::of(&command.output().unwrap());

    assert_eq!(ran.status, Some(0), "{ran:?}");
    for words in ["is DONE; `img download ", "hello.tar.gz", "  verified", "has nightly", "is deleted"] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
}
