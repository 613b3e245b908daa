//! What people do to jobs and to their site, with scripts and without: the same pages, the same ends.

use imaging::JobStatus;

use super::browser::Browser;
use crate::program::{Site, demo_repo};
use crate::support::Up;

const TEMPLATE: &str = "#DisplayName: Hello, phone\n#SuggestedImageType: fs\n#SuggestedArchitecture: x86_64\n\
    part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 600\n%end\n";

/// A process definition that is over soon.
const NOTIFY: &str =
    "Ruote.process_definition 'notify' do\n  update_image_status :status => 'DONE, SIGNED'\nend\n";

fn site() -> (Up, Browser) {
    let site = Site::new();
    std::fs::create_dir(site.path().join("templates")).unwrap();
    site.kickstart("templates/hello.ks", TEMPLATE);
    site.kickstart("quick.ks", TEMPLATE.replace("sleep 600", "echo quick"));
    let templates = site.path().join("templates");
    let up = Up::start_on(site, &format!("[web]\ntemplates_dir = {}\n", templates.display()));
    up.password("admin");
    let browser = Browser::start(&up.address);
    browser.go("/login");
    browser.log_in("admin");
    browser.wait_for("main h1", "Hello, admin");
    (up, browser)
}

#[test]
fn jobs_are_cared_for_with_scripts() {
    let (up, browser) = site();
    jobs(&up, &browser);
    assert_eq!(browser.complaints(), Vec::<String>::new(), "nothing was refused by the content policy");
}

#[test]
fn jobs_are_cared_for_without_scripts() {
    let (up, browser) = site();
    browser.has_no_scripts();
    jobs(&up, &browser);
}

/// By template and by file, stopped, tried again, tagged, pinned, found, fetched, deleted one by one and many at once.
fn jobs(up: &Up, browser: &Browser) {
    let repo = format!("demo file://{}", demo_repo().split_once('=').unwrap().1);
    browser.go("/submit?template=hello.ks");
    browser.fill("#name", "by-template");
    browser.fill("#repos", &repo);
    browser.press("p.acts button.main");
    browser.wait_for("h1 .badge", "");
    browser.press("form[action$='/stop'] button");
    browser.wait_for("h1 .badge", "ERROR");
    browser.wait_for(".note.bad", "cancelled by admin");

    // it is tried again with another kickstart, from a file
    browser.press("a[href$='/retry']");
    browser.wait_for("main h1", "Retry, with changes or without");
    browser.choose("#file", &up.site.path().join("quick.ks"));
    browser.press("p.acts button.main");
    browser.wait_for("main", "Again for");
    // with scripts or without, it comes by itself
    browser.wait_for("h1 .badge", "DONE");
    browser.press("form[action$='/pin'] button");
    browser.wait_for("[role=status]", "It is pinned");
    browser.fill("input[name=tags]", "nightly, for ben");
    browser.press("form[action$='/tags'] button");
    browser.wait_for("[role=status]", "The tags are saved");
    browser.go("/search?q=nightly");
    browser.wait_for("#rows", "by-template");
    browser.go("/search?q=by-templ");
    browser.wait_for("#rows", "for ben");
    let image = browser.attribute("#rows td.ops a", "href");
    let fetched = browser.fetched(&image);
    assert!(fetched > 100_000, "the image has {fetched} bytes");

    // the one that is pinned cannot be chosen
    for name in ["one", "two", "three"] {
        up.job(name, "/images", JobStatus::Done, &[("demo.raw", "image"), ("demo.log", "log")]);
    }
    browser.go("/admin/jobs?user=ana");
    browser.press("input[value=one]");
    browser.press("input[value=three]");
    browser.press("button.danger");
    browser.wait_for("main h1", "Delete 2 jobs");
    browser.wait_for(".files", "three 2 files");
    browser.press("button.main.danger");
    browser.wait_for("[role=status]", "2 jobs are gone");
    browser.go("/admin/jobs");
    browser.wait_for("tbody", "two");
    assert!(!browser.has("input[value=one]") && browser.has("input[value=two]"));
    browser.go("/job/two/delete");
    browser.wait_for(".files", "demo.raw");
    browser.press("button.danger");
    browser.wait_for("[role=status]", "The job is gone");
}

#[test]
fn a_site_is_filled_and_its_people_are_cared_for() {
    let (up, browser) = site();
    up.job("done", "/images", JobStatus::Done, &[("demo.raw", "image"), ("demo.log", "log")]);
    for (table, fields, told) in [
        ("queues", &[("name", "night")][..], "night"),
        ("arches", &[("name", "armv7hl")], "armv7hl"),
        ("image-types", &[("name", "loop")], "loop"),
        (
            "build-services",
            &[("name", "obs"), ("apiurl", "https://obs.example/api")],
            "https://obs.example/api",
        ),
        ("tokens", &[("name", "FLAVOUR"), ("default", "devel")], "devel"),
        ("job-states", &[("name", "DONE, SIGNED")], "DONE, SIGNED"),
        (
            "post-processes",
            &[("name", "notify"), ("description", "writes a mail"), ("pdef", NOTIFY)],
            "writes a mail",
        ),
    ] {
        browser.go(&format!("/admin/{table}"));
        for (field, text) in fields {
            browser.fill(&format!("#f-{field}"), text);
        }
        if table == "post-processes" {
            browser.press("input[name=active]");
        }
        browser.press("p.acts button.main");
        browser.wait_for("[role=status]", "It is saved");
        browser.wait_for("tbody", told);
    }
    browser.go("/submit");
    browser.wait_for("select[name=service]", "obs");
    browser.go("/admin/queues?remove=night");
    browser.press("button.main.danger");
    browser.wait_for("[role=status]", "It is gone");

    // what follows a build is launched by hand
    browser.go("/job/done");
    browser.press("button[value=notify]");
    browser.wait_for("[role=status]", "It will be launched");
    browser.reloaded_until(".history", "launched `notify`");
    browser.is_fine_as("done-afterwards");

    browser.go("/admin/groups");
    browser.fill("#f-name", "night");
    browser.press("input[value=jobs]");
    browser.press("p.acts button.main");
    browser.wait_for("tbody", "care for everybody's jobs");
    browser.is_fine_as("admin-groups");
    browser.go("/admin/people");
    browser.fill("#f-name", "no/name");
    browser.press("p.acts button.main");
    browser.wait_for("[role=alert]", "should have 1 to 64 letters");
    browser.fill("#f-name", "ben");
    browser.fill("#f-full", "Ben <b>Night</b>");
    browser.press("input[value=night]");
    browser.press("p.acts button.main");
    browser.wait_for("tbody", "Ben <b>Night</b>");
    browser.press("button[aria-label^='Invite ben']");
    browser.wait_for("[role=status]", "Give this to ben");
    browser.is_fine_as("admin-people");
    let invitation = browser.words("[role=status] pre");
    browser.go("/admin/people?account=admin");
    browser.press("input[name=active]");
    browser.press("p.acts button.main");
    browser.wait_for("[role=alert]", "You would shut yourself out");
    browser.go("/admin/disk");
    browser.wait_for("tbody", "requests/ana");
    browser.is_fine_as("admin-disk");

    // ben chooses a password, and may care for jobs but not for people
    browser.press(".me summary");
    browser.press(".me form[action='/logout'] button");
    browser.wait_for("main h1", "Log in");
    browser.go("/invitation");
    browser.fill("#invitation", &invitation);
    browser.fill("#password", "another horse battery");
    browser.press("button.main");
    browser.wait_for("main h1", "Hello, ben");
    browser.go("/admin");
    browser.wait_for("nav.chips", "Disk");
    assert!(!browser.words("nav.chips").contains("People"));
    browser.go("/admin/people");
    browser.wait_for("main", "it takes an administrator");
    assert_eq!(browser.complaints(), Vec::<String>::new(), "nothing was refused by the content policy");
}
