//! What people do to repositories of images, with scripts and without: the same pages, the same ends.

use std::os::unix::ffi::OsStrExt;

use imaging::JobStatus;
use imaging::testing::small_image;

use super::browser::Browser;
use crate::program::Site;
use crate::support::Up;

/// A service with two repositories, and a person who may everything.
fn site() -> (Up, Browser) {
    let site = Site::new();
    let folders = ["main", "lab"].map(|name| {
        let folder = site.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        format!("{name}={}", folder.display())
    });
    // what is put there waits, but for one round that a person has
    let configuration =
        |settle: u32| format!("[repository]\nfolders = {}\nsettle = {settle}\n", folders.join(", "));
    site.kickstart("round.conf", configuration(0));
    let up = Up::start_on(site, &configuration(6_000));
    build(&up, "win10-lab", 1);
    up.password("admin");
    let browser = Browser::start(&up.address);
    browser.go("/login");
    browser.log_in("admin");
    browser.wait_for("main h1", "Hello, admin");
    (up, browser)
}

/// Writes a finished job whose image is a swap partition, as a worker would have.
fn build(up: &Up, job: &str, fill: u8) {
    let image = String::from_utf8(small_image(fill)).unwrap();
    up.job(job, "/images", JobStatus::Done, &[("demo.raw", &image), ("demo.log", "one\n")]);
}

#[test]
fn images_are_published_and_cared_for_with_scripts() {
    let (up, browser) = site();
    let look = Look { browser, has_scripts: true };
    story(&up, &look);
    assert_eq!(look.browser.complaints(), Vec::<String>::new(), "nothing was refused by the content policy");
}

#[test]
fn images_are_published_and_cared_for_without_scripts() {
    let (up, browser) = site();
    browser.has_no_scripts();
    story(&up, &Look { browser, has_scripts: false });
}

/// A browser, whose pages are looked at where axe can run in them.
struct Look {
    browser: Browser,
    has_scripts: bool,
}

impl Look {
    fn is_fine_as(&self, name: &str) {
        if self.has_scripts {
            self.browser.is_fine_as(name);
        }
    }
}

fn story(up: &Up, look: &Look) {
    published(up, look);
    listed(up, look);
    exchanged(up, look);
}

/// From a finished job to an image that is whole and registered.
fn published(up: &Up, look: &Look) {
    let browser = &look.browser;
    browser.go("/repositories");
    browser.wait_for(".empty", "No image is kept here yet");
    look.is_fine_as("repositories-empty");
    browser.go("/job/win10-lab");
    browser.press("a[href$='/publish']");
    browser.wait_for("main h1", "Publish to a repository");
    assert_eq!(browser.attribute("#name", "value"), "demo");
    look.is_fine_as("publish");
    browser.fill("#name", "win10 lab");
    browser.fill("#f-title", "Windows 10, laboratory");
    browser.press("p.acts button.main");
    browser.wait_for("[role=alert]", "It was not published");
    browser.wait_for("#name-wrong", "is no canonical name");
    browser.wait_for("#f-comments-wrong", "has to be filled in");
    look.is_fine_as("publish-refused");
    browser.fill("#name", "win10lab");
    browser.fill("#unit", "Aula 1");
    browser.fill("#f-software_profile", "Office and compilers");
    browser.fill("#f-partition", "1");
    browser.fill("#f-partition_type", "NTFS");
    browser.fill("#f-comments", "as of November");
    browser.press("p.acts button.main");
    browser.wait_for("[role=status]", "Aula 1/win10lab.img is published: raw · none · SWAP");
    look.is_fine_as("published");
    browser.press("p.acts a.main");
    browser.wait_for("main h1", "Aula 1/win10lab.img");
    browser.wait_for("dl", "Windows 10, laboratory");
    look.is_fine_as("repository-image");
    assert_eq!(browser.fetched("/repositories/main/files/Aula%201/win10lab.img"), 64 << 10);
    assert_eq!(browser.fetched("/repositories/main/files/Aula%201/win10lab.img.sum"), 33);
    let torrent = up.site.path().join("main/images/Aula 1/win10lab.img.torrent");
    let torrent = usize::try_from(std::fs::metadata(torrent).unwrap().len()).unwrap();
    assert_eq!(browser.fetched("/repositories/main/files/Aula%201/win10lab.img.torrent"), torrent);
    browser.press("form[action*='/verify/'] button");
    browser.wait_for("[role=status]", "It is whole: 66 kB were read");
    look.is_fine_as("verified");
}

/// What other programs put there is listed, with what is the matter with it, and can be registered and copied.
fn listed(up: &Up, look: &Look) {
    let browser = &look.browser;
    let images = up.site.path().join("main/images");
    std::fs::write(images.join("sala2.img"), small_image(3)).unwrap();
    std::fs::write(images.join("<b>odd & \"old\".img"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03broken").unwrap();
    let no_text = images.join(std::ffi::OsStr::from_bytes(b"ma\xf1ana\n.img"));
    std::fs::write(no_text, small_image(4)).unwrap();
    let watched = up.site.run(&["repo", "--config", "round.conf", "watch", "--once"]);
    assert_eq!(watched.status, Some(1), "one is refused: {watched:?}");
    std::fs::write(images.join("aula3.img"), small_image(5)).unwrap();
    std::fs::write(images.join("aula3.img.lock"), "").unwrap();
    std::fs::write(images.join("aula4.img"), small_image(6)).unwrap();
    browser.go("/repositories");
    for (state, word) in
        [("good", "published"), ("bad", "refused"), ("works", "locked"), ("waits", "waiting")]
    {
        browser.wait_for(&format!("#rows tr.{state} .badge"), word);
    }
    browser.wait_for("#rows a.name", "<b>odd & \"old\".img");
    look.is_fine_as("repositories");
    browser.press("a[href='/repositories/main/images/ma%F1ana%0A.img']");
    browser.wait_for(".empty", "Its name cannot be registered");
    browser.go("/repositories?state=refused");
    browser.press("#rows a.name");
    browser.wait_for(".note.bad", "");
    look.is_fine_as("repository-refused");
    assert!(!browser.has(".acts a.main"), "what is refused is given to nobody");
    assert!(!browser.has("form[action='/repositories/lab/import']"), "nor copied");

    browser.go("/repositories/main/images/sala2.img");
    browser.press("a[href*='/register/']");
    browser.wait_for("main h1", "Register sala2.img");
    assert_eq!(browser.attribute("#f-partition_type", "value"), "SWAP");
    browser.fill("#f-title", "Room 2");
    browser.press("p.acts button.main");
    browser.wait_for("[role=alert]", "It was not noted");
    assert_eq!(browser.attribute("#f-title", "value"), "Room 2");
    look.is_fine_as("register-refused");
    browser.fill("#f-software_profile", "none");
    browser.fill("#f-comments", "for tests");
    browser.press("p.acts button.main");
    browser.wait_for("[role=status]", "What was written is noted");
    browser.press("form[action='/repositories/lab/import'] button");
    browser.wait_for("[role=status]", "sala2.img is published");
    browser.press("p.acts a.main");
    browser.wait_for(".crumb", "lab");
    browser.wait_for("dl", "Room 2");
    browser.go("/repositories/lab/import");
    browser.fill("#image", "main: Aula 1/win10lab.img");
    look.is_fine_as("import");
    browser.press("p.acts button.main");
    browser.wait_for("[role=status]", "Aula 1/win10lab.img is published");
}

/// An image is replaced, and the one before comes back; then both go.
fn exchanged(up: &Up, look: &Look) {
    let browser = &look.browser;
    build(up, "win10-again", 2);
    browser.go("/job/win10-again/publish");
    browser.fill("#name", "win10lab");
    browser.fill("#unit", "Aula 1");
    browser.press("p.acts button.main");
    browser.wait_for("[role=status]", "The image that was there before is its backup");
    browser.press("p.acts a.main");
    browser.wait_for("dl", "Windows 10, laboratory");
    browser.press("form[action*='/restore/'] button");
    browser.wait_for("h1", "Restoring the backup of Aula 1/win10lab.img");
    browser.wait_for("[role=status]", "The image that was there before is its backup");
    look.is_fine_as("repository-restore");
    browser.press("p.acts a.main");
    browser.wait_for("dl", "Windows 10, laboratory");
    let file = up.site.path().join("main/images/Aula 1/win10lab.img");
    assert_eq!(std::fs::read(&file).unwrap(), small_image(1));
    browser.press("a[href*='/delete/']");
    browser.wait_for(".files", "Aula 1/win10lab.img.full.sum");
    look.is_fine_as("repository-delete");
    browser.press("input[value=none]");
    browser.press("button.danger");
    browser.wait_for("[role=status]", "The image is gone, and so is its backup");
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().map(Result::unwrap).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(
        !browser.has("#rows a[href='/repositories/main/images/Aula%201/win10lab.img']"),
        "it is not listed"
    );
    browser.go("/admin/audit");
    for said in ["published the image", "imported the image", "removed the image with its backup"] {
        browser.wait_for("tbody", said);
    }
}
