//! Following a log.

use std::io::Write;
use std::time::Instant;

use imaging::JobStatus;

use crate::program::Ran;
use crate::support::{PATIENCE, Up};

/// The events of a stream, as name, id and data.
fn events(ran: &Ran) -> Vec<(String, String, serde_json::Value)> {
    let blocks = ran.stdout.split("\n\n").filter(|block| block.contains("event: "));
    let field = |block: &str, name: &str| {
        let found = block.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("{name} in {block:?}")).trim().to_owned()
    };
    blocks
        .map(|block| {
            (
                field(block, "event:"),
                field(block, "id:"),
                serde_json::from_str(&field(block, "data:")).unwrap(),
            )
        })
        .collect()
}

fn text(events: &[(String, String, serde_json::Value)]) -> String {
    events
        .iter()
        .filter(|(name, ..)| name == "log")
        .map(|(.., data)| data["text"].as_str().unwrap())
        .collect()
}

#[test]
fn a_log_is_followed_while_it_grows_across_the_end_of_the_build_and_after_a_cut() {
    let up = Up::start("");
    let folder =
        up.job("grows", "file:///images", JobStatus::Building, &[("demo.log", "one\n<b>two</b>\nthr")]);
    // what was there before the client was cut off
    let first = events(&up.curl(&["-N", "-m", "4"], "jobs/grows/log/events"));
    assert_eq!(text(&first), "one\n<b>two</b>\n", "whole lines");
    assert_eq!(first[0].2["status"], "BUILDING");

    let last = format!("Last-Event-ID: {}", first.last().unwrap().1);
    let (rest, again) = std::thread::scope(|scope| {
        let rest = scope.spawn(|| up.curl(&["-N", "-H", &last], "jobs/grows/log/events"));
        let whole = scope.spawn(|| up.curl(&["-N"], "jobs/grows/log/events"));
        let mut log = std::fs::File::options().append(true).open(folder.join("demo.log")).unwrap();
        for line in ["ee\r\n", "four\n", "\u{1b}[31mfive"] {
            std::thread::sleep(std::time::Duration::from_millis(700));
            log.write_all(line.as_bytes()).unwrap();
        }
        std::fs::rename(&folder, folder.with_file_name("grows")).unwrap();
        up.push("grows", "file:///images", "grows", JobStatus::Done);
        (rest.join().unwrap(), whole.join().unwrap())
    });

    let (rest, again) = (events(&rest), events(&again));
    assert_eq!(text(&rest), "three\r\nfour\n\u{1b}[31mfive", "nothing twice, nothing missed");
    assert_eq!(text(&again), "one\n<b>two</b>\nthree\r\nfour\n\u{1b}[31mfive");
    for events in [&rest, &again] {
        let (name, _, data) = events.last().unwrap();
        assert_eq!((name.as_str(), &data["status"]), ("end", &"DONE".into()));
        assert!(!events.iter().any(|(name, ..)| name == "restart"), "{events:?}");
    }
}

#[test]
fn who_comes_from_another_build_is_told_to_begin_anew() {
    let up = Up::start("");
    up.job("anew", "file:///images", JobStatus::Done, &[("demo.log", "one\n")]);
    for (last, restarts) in [("", false), ("00000000-999", true), ("nonsense", false), ("00000000-0", false)]
    {
        let header = format!("Last-Event-ID: {last}");
        let heard = events(&up.curl(&["-N", "-H", &header], "jobs/anew/log/events"));
        assert_eq!(heard.iter().any(|(name, ..)| name == "restart"), restarts, "{last}: {heard:?}");
        assert_eq!(text(&heard), "one\n", "{last}");
    }
}

#[test]
fn who_claims_to_have_more_than_there_is_begins_anew() {
    let up = Up::start("");
    up.job("short", "file:///images", JobStatus::Done, &[("demo.log", "one\n")]);
    let heard = events(&up.curl(&["-N"], "jobs/short/log/events"));
    let (_, id, _) = heard.last().unwrap();
    let (try_, end) = id.split_once('-').unwrap();
    assert_eq!(end, "4");
    for (claimed, restarts) in
        [("4", false), ("5", true), ("9223372036854775808", true), ("18446744073709551615", true)]
    {
        let header = format!("Last-Event-ID: {try_}-{claimed}");
        let heard = events(&up.curl(&["-N", "-H", &header], "jobs/short/log/events"));
        assert_eq!(heard.iter().any(|(name, ..)| name == "restart"), restarts, "{claimed}: {heard:?}");
        assert_eq!(text(&heard), if restarts { "one\n" } else { "" }, "{claimed}");
    }
}

#[test]
fn who_follows_is_let_go_when_the_program_ends() {
    let mut up = Up::start("");
    up.job("ends", "file:///images", JobStatus::Building, &[("demo.log", "one\n")]);
    let start = Instant::now();
    let status = std::thread::scope(|scope| {
        let followed = scope.spawn(|| {
            let login = format!("Authorization: Bearer {}", up.token);
            let url = format!("{}/api/v1/jobs/ends/log/events", up.address);
            #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
            std::process::Command::new("curl")
                .args(["-sSN", "-m", "100", "-H", &login, &url])
                .output()
                .unwrap()
        });
        std::thread::sleep(std::time::Duration::from_secs(2));
        let pid = nix::unistd::Pid::from_raw(up.process.id().cast_signed());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        followed.join().unwrap().status.code()
    });
    assert_eq!(status, Some(0), "the stream ended as streams do");
    while up.process.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
