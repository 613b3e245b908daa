//! A person with a browser: Debian's Chromium, driven by its chromedriver, on the real service.

mod browser;
mod care;
mod repositories;

use std::time::{Duration, Instant};

use crate::program::demo_repo;
use crate::support::{PATIENCE, Up};
use browser::Browser;

const SCRIPT: &str = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nfor i in 1 2 3; do echo word-$i; sleep 1; done\n%end\n";

const PROGRESS: &str =
    r#"{"steps":[{"step":"planning","ms":40},{"step":"installing packages","ms":900}],"done":20,"of":209}"#;

#[test]
fn a_person_goes_from_their_login_to_an_image() {
    let up = Up::start("");
    up.password("admin");
    let browser = Browser::start(&up.address);
    browser.go("/queue");
    browser.is_fine_as("login");
    browser.log_in("admin");
    browser.wait_for("main h1", "Queue");
    browser.go("/");
    browser.is_fine_as("start");

    // a kickstart with a mistake is refused, at its line, and stays
    browser.go("/submit");
    browser.is_fine_as("submit");
    browser.fill("#name", "hello-x86_64");
    browser.fill("#image_type", "fs");
    browser.fill("#arch", "x86_64");
    browser.fill("#repos", &format!("demo file://{}", demo_repo().split_once('=').unwrap().1));
    browser.fill("#kickstart", &SCRIPT.replace("part", "parrt"));
    browser.press("p.acts button.main");
    browser.wait_for("[role=alert]", "It was not submitted");
    browser.wait_for(".ks li.bad", "parrt / --size=64");
    browser.is_fine_as("refused");
    browser.fill("#kickstart", SCRIPT);
    browser.press("p.acts button.main");

    // its log comes by itself, and so does its end
    browser.wait_for("[role=status]", "It is recorded");
    browser.wait_for("#lines", "word-1");
    browser.wait_for("#steps .now", "");
    browser.is_fine_as("building");
    browser.wait_for("h1 .badge", "DONE");
    browser.wait_for(".acts .main", "Download image");
    browser.wait_for("#lines", "word-3");
    browser.is_fine_as("done");
    assert!(!browser.has("#steps .now"), "no step runs any more");
    browser.press("#steps li:last-child a");
    browser.wait_for("main h1", "Log");
    browser.wait_for("#lines li:target", "-- ");
    browser.press("#wrap");
    browser.is_fine_as("log");
    browser.go("/queue");
    browser.press("#rows a.name");
    browser.press("a[href$='/kickstart']");
    browser.wait_for(".diff", "repo --name=demo");
    browser.is_fine_as("kickstart");

    // rows change while somebody looks at them
    browser.go("/queue");
    browser.wait_for("#rows .badge", "DONE");
    let folder = up.job("grows", "/images", imaging::JobStatus::Building, &[("progress.json", PROGRESS)]);
    browser.wait_for("#newer", "Show 1 newer job");
    browser.press("#newer a");
    browser.wait_for("#job-grows .badge", "BUILDING");
    browser.wait_for("#job-grows .now", "installing packages 20/209");
    std::fs::write(folder.join("progress.json"), PROGRESS.replace("20,", "143,")).unwrap();
    browser.wait_for("#job-grows .now", "installing packages 143/209");
    browser.is_fine_as("queue-building");
    up.push("grows", "/images", "grows.partial-me", imaging::JobStatus::Error);
    browser.wait_for("#job-grows .badge", "ERROR");
    browser.is_fine_as("queue");

    // one that somebody is busy with catches up when they leave it
    up.job("busy", "/images", imaging::JobStatus::Building, &[]);
    browser.wait_for("#newer", "Show 1 newer job");
    browser.press("#newer a");
    browser.press("#job-busy summary");
    up.push("busy", "/images", "busy.partial-me", imaging::JobStatus::Error);
    up.job("later", "/images", imaging::JobStatus::Building, &[]);
    browser.wait_for("#newer", "Show 1 newer job");
    browser.wait_for("#job-busy .badge", "BUILDING");
    browser.press("h1");
    up.job("latest", "/images", imaging::JobStatus::Building, &[]);
    browser.wait_for("#newer", "Show 2 newer jobs");
    assert!(browser.words("#job-busy .badge").contains("ERROR"), "it caught up before the next news");
    browser.go("/job/latest");
    browser.wait_for("#took", " s");
    let (took, start) = (browser.words("#took"), Instant::now());
    while browser.words("#took") == took {
        assert!(start.elapsed() < PATIENCE, "how long it takes goes on");
        std::thread::sleep(Duration::from_millis(100));
    }
    browser.go("/queue");
    browser.fill("body", "?");
    browser.wait_for("dialog[open] h2", "Keys");
    browser.is_fine_as("keys");
    browser.press("dialog button");
    assert!(!browser.has("dialog[open]"), "the list of keys is closed");
    browser.fill("body", "j");
    assert_eq!(browser.words("tr:has(:focus) .badge"), browser.words("#rows tr:first-child .badge"));
    for (name, page) in [
        ("images", "/images"),
        ("search", "/search?q=hello"),
        ("me", "/me"),
        ("admin-jobs", "/admin/jobs"),
        ("admin-tokens", "/admin/tokens?entry=RELEASE"),
        ("admin-processes", "/admin/post-processes"),
        ("audit", "/admin/audit"),
        ("trouble", "/job/gone"),
    ] {
        browser.go(page);
        browser.is_fine_as(name);
    }
    browser.press(".me summary");
    browser.press(".me form[action='/logout'] button");
    browser.wait_for("main h1", "Log in");
    assert_eq!(browser.complaints(), Vec::<String>::new(), "nothing was refused by the content policy");
}

#[test]
fn many_tabs_leave_room_for_one_more() {
    let up = Up::start("");
    up.password("admin");
    up.job("grows", "/images", imaging::JobStatus::Building, &[("demo.log", "one\n")]);
    let browser = Browser::start(&up.address);
    browser.go("/queue");
    browser.log_in("admin");
    for _ in 0..4 {
        for (page, element) in [("/queue", "#job-grows .badge"), ("/job/grows", "#state")] {
            browser.tab();
            browser.go(page);
            browser.wait_for(element, "BUILDING");
            browser.is_seen(false);
        }
    }
    up.push("grows", "/images", "grows.partial-me", imaging::JobStatus::Error);
    browser.is_seen(true);
    browser.wait_for("#state", "ERROR");
}
