//! Orders that could never be built, and jobs that have no log.

use serde_json::json;

use crate::support::Up;

#[test]
fn what_no_build_could_do_is_refused_with_the_member_and_its_line() {
    let up = Up::start("");
    let good = "part / --size=64\n\nrepo --name=r --baseurl=http://repo.example/\n%packages\nbusybox\n%end\n";
    for (member, value, words) in [
        (
            "kickstart",
            json!("part / --size=64\n%packages\nbusybox\n%end\n"),
            "names no repository: add a line such as",
        ),
        (
            "kickstart",
            json!(good.replace("http://repo.example", "javascript:alert")),
            "repository r (line 3): the address",
        ),
        (
            "kickstart",
            json!(good.replace("http://repo.example", "http://127.0.0.1")),
            "(line 3): http://127.0.0.1/ is an address",
        ),
        (
            "extra_repos",
            json!(["javascript:alert(1)"]),
            "begins with none of http://, https://, ftp://, file:///",
        ),
        ("extra_opts", json!(["--outdir=/etc"]), "this builder does not take --outdir"),
        ("image_type", json!("nand"), "nand images are only made by mic"),
    ] {
        let mut order = json!({ "name": "demo", "image_type": "raw", "arch": "x86_64", "kickstart": good });
        order[member] = value;
        let ran = up.curl(&["-H", "Content-Type: application/json", "-d", &order.to_string()], "jobs").json();
        assert_eq!((&ran["status"], &ran["mistakes"][0]["field"]), (&json!(422), &json!(member)), "{ran}");
        assert!(ran["detail"].as_str().unwrap().contains(words), "{words}: {ran}");
    }
    assert_eq!(up.get("jobs")["jobs"], json!([]), "nothing was recorded");
}

#[test]
fn whoever_asks_for_a_log_that_says_nothing_is_told_why() {
    let up = Up::start("");
    let base = format!("file://{}/state/images", up.site.path().display());
    up.job("failed", &base, imaging::JobStatus::Error, &[("demo.log", "")]);
    up.job("lost", &base, imaging::JobStatus::Error, &[]);
    up.job("begins", &base, imaging::JobStatus::Building, &[("demo.log", "")]);
    for (id, status, words) in [
        ("failed", 0, "failed has nothing in its log: it is ERROR; `img retry failed` asks for it again"),
        ("lost", 2, "lost has nothing in its log: it is ERROR; `img retry lost` asks for it again"),
        (
            "begins",
            0,
            "begins has nothing in its log yet: it is BUILDING; `img log --follow begins` waits for it",
        ),
        ("nobody", 2, "there is no job nobody"),
    ] {
        let mut command = up.site.command(&["log", id]);
        command.env("IMG_SERVER", &up.address).env("IMG_TOKEN", &up.token);
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let ran = crate::program::Ran::of(&command.output().unwrap());
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(status), ""), "{ran:?}");
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn what_is_missing_for_a_boss_is_told_line_by_line() {
    let site = crate::program::Site::new();
    site.kickstart("t.ks", "part /\n");
    let ran = site.run(&["submit", "-s", "-k", "t.ks", "-t", "fs", "-n", "demo"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert!(lines.len() >= 4 && !ran.stderr.contains("\\n"), "{ran:?}");
    assert!(
        lines[0].starts_with("img: ") && lines[1..].iter().all(|line| line.starts_with("     ")),
        "{ran:?}"
    );
}

/// Sends so many orders at once, each with its own key, and returns the processes that do.
fn orders(up: &Up, keys: std::ops::Range<usize>) -> Vec<std::process::Child> {
    let order = json!({ "name": "demo", "image_type": "fs", "arch": "x86_64", "kickstart":
        "part / --size=64\nrepo --name=r --baseurl=http://repo.example/\n%packages\nbusybox\n%end\n" });
    let send = |key: usize| {
        let mut command = std::process::Command::new("curl");
        command.args(["-sS", "-m", "60", "-H", &format!("Authorization: Bearer {}", up.token)]);
        command.args(["-H", "Content-Type: application/json", "-H", &format!("Idempotency-Key: key-{key}")]);
        command.args(["-d", &order.to_string(), &format!("{}/api/v1/jobs", up.address)]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
        #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
        command.spawn().unwrap()
    };
    keys.map(send).collect()
}

#[test]
fn a_service_that_is_killed_among_orders_has_each_once_when_they_are_sent_again() {
    let mut up = Up::start("");
    let sent = orders(&up, 0..12);
    std::thread::sleep(std::time::Duration::from_millis(150));
    up.process.kill().unwrap(); // some are answered, some are recorded, some are not read yet
    up.process.wait().unwrap();
    let answered: Vec<String> = sent
        .into_iter()
        .filter_map(|child| {
            let heard = child.wait_with_output().unwrap().stdout;
            let job: serde_json::Value = serde_json::from_slice(&heard).ok()?;
            Some(job["image_id"].as_str()?.to_owned())
        })
        .collect();

    up.start_again();
    let again: std::collections::BTreeSet<String> = orders(&up, 0..12)
        .into_iter()
        .map(|child| {
            let heard = child.wait_with_output().unwrap().stdout;
            let job: serde_json::Value = serde_json::from_slice(&heard).unwrap();
            job["image_id"].as_str().unwrap_or_else(|| panic!("{job}")).to_owned()
        })
        .collect();

    assert_eq!(again.len(), 12);
    assert!(
        answered.iter().all(|id| again.contains(id)),
        "what was answered is kept: {answered:?} {again:?}"
    );
    assert_eq!(up.get("jobs?limit=100")["jobs"].as_array().unwrap().len(), 12, "each is there once");
}
