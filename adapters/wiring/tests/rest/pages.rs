//! Pages of the real service, without scripts: curl with a jar for cookies.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use imaging::JobStatus;

use crate::program::{Ran, demo_repo};
use crate::support::{PATIENCE, Up};

pub(crate) const PASSWORD: &str = "correct horse battery";

impl Up {
    /// Gives somebody a password.
    pub(crate) fn password(&self, name: &str) {
        let mut command = self.site.command(&["user", "--config", "site.conf", "passwd", name]);
        command.stdin(Stdio::piped());
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        let ran = Ran::of(&child.wait_with_output().unwrap());
        assert_eq!(ran.status, Some(0), "{ran:?}");
    }

    /// Asks for a page with the cookies of somebody's browser; what comes begins with the status and the place.
    pub(crate) fn page(&self, browser: &str, arguments: &[&str], path: &str) -> String {
        let jar = format!("{browser}.jar");
        let mut command = Command::new("curl");
        command.args(["-sS", "-m", "120", "-b", &jar, "-c", &jar, "-w", "\n%{http_code} %header{location}"]);
        command.args(arguments).arg(format!("{}{path}", self.address)).current_dir(self.site.path());
        #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
        let ran = Ran::of(&command.output().unwrap());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let (text, about) = ran.stdout.rsplit_once('\n').unwrap();
        format!("{about}\n{text}")
    }

    pub(crate) fn log_in(&self, browser: &str, name: &str) {
        self.password(name);
        let fields = [format!("name={name}"), format!("password={PASSWORD}")];
        let answer =
            self.page(browser, &["--data-urlencode", &fields[0], "--data-urlencode", &fields[1]], "/login");
        assert!(answer.starts_with("303 /\n"), "{answer}");
    }
}

#[test]
fn a_kickstart_becomes_an_image_in_a_browser_without_scripts() {
    let up = Up::start("");
    up.log_in("ana", "ana");
    up.site.kickstart("hello.ks", "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nprintf '\\033[31mred <b>\\033[0m\\n'\n%end\n");
    let repo = format!("repos=demo file://{}", demo_repo().split_once('=').unwrap().1);
    let form = [
        "-F",
        "key=k1",
        "-F",
        "name=hello",
        "-F",
        "image_type=fs",
        "-F",
        "arch=x86_64",
        "-F",
        "file=@hello.ks",
        "-F",
        &repo,
    ];

    let sent = up.page("ana", &form, "/submit");
    let again = up.page("ana", &form, "/submit");

    let place = sent.lines().next().unwrap().strip_prefix("303 ").unwrap_or_else(|| panic!("{sent}"));
    assert_eq!(again.lines().next(), sent.lines().next(), "a form that is sent twice is one job");
    let job = place.split('?').next().unwrap();
    let start = Instant::now();
    let shown = loop {
        let shown = up.page("ana", &[], job);
        if shown.contains("DONE</span>") {
            break shown;
        }
        assert!(start.elapsed() < PATIENCE && !shown.contains("Why there is no image"), "{shown}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    };
    for words in [
        "Download image (",
        "installing packages",
        "hello.sha256",
        "<span class=\"c1\">red &lt;b&gt;</span>",
        "said that it is DONE",
        "demo: file:///",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let (_, rest) = shown.split_once("class=\"button main\" href=\"").unwrap();
    let image = rest.split('"').next().unwrap();
    let fetched = up.page("ana", &["-o", "image.tar.gz"], image);
    assert!(fetched.starts_with("200"), "{fetched}");
    assert!(std::fs::metadata(up.site.path().join("image.tar.gz")).unwrap().len() > 100_000);
    let kickstart = up.page("ana", &[], &format!("{job}/kickstart"));
    assert!(
        kickstart.contains("class=\"good\">+ repo") && kickstart.contains("As it was built"),
        "{kickstart}"
    );
    let found = up.page("ana", &[], &format!("{job}/log?find=RED"));
    assert!(found.contains("1 line has “RED”"), "{found}");
    assert!(up.page("ana", &[], "/images").contains(image));
    assert!(up.page("ana", &[], "/search?q=hel").contains(job));

    let preview = up.page("ana", &[], &format!("{job}/delete"));
    assert!(preview.contains("Delete 1 job, ") && preview.contains("hello.tar.gz"), "{preview}");
    assert!(up.page("ana", &["-d", ""], &format!("{job}/delete")).starts_with("303 /queue?done=deleted"));
    assert!(up.page("ana", &[], job).starts_with("404"));
    let events = up.page("ana", &["-N"], &format!("{job}/log/events"));
    assert!(events.starts_with("404"), "{events}");
}

#[test]
fn a_log_of_500_megabytes_is_shown_part_by_part() {
    use std::os::unix::fs::FileExt;
    let up = Up::start("");
    up.log_in("ana", "ana");
    let folder = up.job("long", "/images", JobStatus::Done, &[("demo.raw", "image")]);
    let log = std::fs::File::create(folder.join("demo.log")).unwrap();
    // most of it is a hole, which is one line of zeros
    log.write_all_at(b"first line\nsecond <b>\n", 0).unwrap();
    log.write_all_at(b"\nlast but one\n-- error: no room\n", 500_000_000).unwrap();
    let before = up.memory();

    let job = up.page("ana", &[], "/job/long");
    let first = up.page("ana", &[], "/job/long/log?at=0");
    let (_, line) = job.split_once("<a href=\"/job/long/log?").expect("its lines have addresses that stay");
    let line = up.page("ana", &[], &format!("/job/long/log?{}", line.split('#').next().unwrap()));
    let last = up.page("ana", &[], "/job/long/log?end=1");
    log.write_all_at(b"\nlast but one\n-- error: no room\n", 5_000_000).unwrap();
    log.set_len(5_000_031).unwrap(); // a tenth of a second even where nothing is optimised
    let found = up.page("ana", &[], "/job/long/log?find=no+room");

    assert!(job.contains("last but one") && job.contains("Download (500 MB)"), "{job}");
    assert!(line.contains("last but one"), "{line}");
    assert!(first.contains("second &lt;b&gt;") && first.contains("End ⇥"), "{first}");
    assert!(last.contains("class=\"error\"") && last.contains("← Earlier"), "{last}");
    assert!(found.contains("1 line has") && found.contains("#o5000014"), "{found}");
    let more = up.memory().saturating_sub(before);
    assert!(more < 64 << 10, "it took {more} KiB");
}

#[test]
fn rows_and_logs_come_by_themselves() {
    let up = Up::start("");
    up.log_in("ana", "ana");
    up.job("older", "/images", JobStatus::Done, &[]);
    let folder = up.job("grows", "/images", JobStatus::Building, &[("demo.log", "one\ntwo\n")]);
    let follow = |path: &str, name: &str| {
        let mut command = Command::new("curl");
        command.args(["-sSN", "-m", "60", "-b", "ana.jar", "-o", name]).arg(format!("{}{path}", up.address));
        #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
        command.current_dir(up.site.path()).spawn().unwrap()
    };
    let wait = |name: &str, words: &str| {
        let start = Instant::now();
        loop {
            let heard = std::fs::read_to_string(up.site.path().join(name)).unwrap_or_default();
            if heard.contains(words) {
                return heard;
            }
            assert!(start.elapsed() < PATIENCE, "{words} in {heard}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    let mut log = follow("/job/grows/log/events?from=4", "log.said");
    up.job("goes", "/images", JobStatus::Done, &[]);
    let mut rows = follow("/queue/events", "rows.said");
    let mut building = follow("/queue/events?status=BUILDING", "building.said");
    let mut done = follow("/queue/events?status=DONE", "done.said");
    let mut stale = follow("/queue/events?rows=", "stale.said");
    // on a page that is full, what comes below its last row is from the next page, and no newer
    let page: Vec<_> = ["grows", "goes"]
        .into_iter()
        .map(str::to_owned)
        .chain((0..28).map(|n| format!("gone-{n}")))
        .collect();
    let mut full = follow(&format!("/queue/events?rows={}", page.join(",")), "full.said");

    assert!(!wait("log.said", "two</span>").contains("one</span>"), "it goes on where the page ended");
    wait("rows.said", "event: job-grows");
    wait("building.said", "event: job-grows");
    wait("done.said", "event: job-goes");
    std::fs::write(folder.join("demo.log"), "one\ntwo\nthree <i>\n").unwrap();
    assert!(wait("log.said", "three &lt;i&gt;").contains("id: 18\n"));
    up.job("other", "/images", JobStatus::Building, &[]);
    wait("rows.said", "Show 1 newer job</a>");
    up.push("grows", "/images", "grows.partial-me", JobStatus::Error);
    wait("log.said", "event: over");
    wait("rows.said", "ERROR");
    wait("building.said", "event: job-grows\ndata: <tr id=\"job-grows\" class=\"bad\"");
    wait("full.said", "event: job-grows");
    assert!(up.page("ana", &["-d", ""], "/job/goes/delete").starts_with("303 /queue?done=deleted"));
    wait(
        "full.said",
        "event: job-goes\ndata: <tr id=\"job-goes\"><td class=\"state\"><span class=\"badge\">",
    );
    wait("done.said", "deleted</span>");
    wait("stale.said", "newer jobs</a>");
    assert!(!wait("full.said", "Show 1 newer job</a>").contains("newer jobs"));

    for child in [&mut log, &mut rows, &mut building, &mut done, &mut stale, &mut full] {
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[test]
fn an_address_that_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let up = Up::start("");
    assert!(up.page("nobody", &[], "/nothing").contains("There is no such page"));
    assert!(up.page("nobody", &[], "/api/nothing").contains("urn:img:not-there"));
    assert!(up.page("nobody", &[], "/healthz").starts_with("200"));
    assert!(up.page("nobody", &[], "/queue").starts_with("303 /login?next=%2Fqueue"));
    let login = up.page("nobody", &[], "/login");
    assert!(login.contains("Nobody has a password yet"), "{login}");
    let whole: usize = [
        login.len(),
        std::fs::read(crate::program::workspace("adapters/web/static/img.css")).unwrap().len(),
        std::fs::read(crate::program::workspace("adapters/web/static/img.js")).unwrap().len(),
    ]
    .iter()
    .sum();
    assert!(whole < 60_000, "the first page has {whole} bytes with all it needs");
}
