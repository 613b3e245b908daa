//! `img repo` on folders of its own.

mod program;

use std::time::{Duration, Instant};

use imaging::testing::small_image;
use program::{Ran, Site};
use serde_json::{Value, json};

/// A site with an image and an empty repository in the folder `repo`.
fn site() -> Site {
    let site = Site::new();
    std::fs::write(site.path().join("win10.img"), small_image(1)).unwrap();
    std::fs::create_dir(site.path().join("repo")).unwrap();
    site
}

fn repo(site: &Site, words: &[&str]) -> Ran {
    site.run(&[&["repo", "-R", "./repo"], words].concat())
}

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn an_image_comes_in_is_listed_checked_removed_and_put_back() {
    let site = site();
    let added = repo(&site, &["add", "win10.img"]);
    assert_eq!((added.status, &*added.stdout), (Some(0), "win10.img is published\n"), "{added:?}");
    assert!(added.stderr.contains("win10: copying, checking and summing 100 %"), "{added:?}");
    let listed = json_of(&repo(&site, &["list", "--json"]));
    let image = &listed["images"][0];
    for (key, value) in [
        ("image", json!("win10.img")),
        ("state", json!("published")),
        ("tool", json!("raw")),
        ("filesystem", json!("SWAP")),
        ("restore_bytes", json!(65536)),
        ("backup", json!(false)),
        ("registration", Value::Null),
    ] {
        assert_eq!(image[key], value, "{key}: {image}");
    }
    assert_eq!(json_of(&repo(&site, &["info", "win10", "--json"])), *image);
    let verified = repo(&site, &["verify", "win10"]);
    assert!(
        verified.status == Some(0) && verified.stdout.contains("win10.img is whole: 65536 bytes"),
        "{verified:?}"
    );

    let around = site.run(&["repo", "-R", "./repo/../repo", "watch", "--once"]);
    let told = std::fs::read_to_string(site.path().join("repo/etc/repoinfo.json")).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["directory"], json!(site.path().join("repo/images")), "{around:?}");

    assert_eq!(repo(&site, &["remove", "win10"]).status, Some(0));
    assert_eq!(json_of(&repo(&site, &["info", "win10", "--json"]))["state"], "no-file");
    assert_eq!(repo(&site, &["restore-backup", "win10"]).status, Some(0));
    assert_eq!(repo(&site, &["remove", "win10", "--for-good"]).stdout, "win10.img is removed for good\n");
    assert_eq!(repo(&site, &["list"]).stdout, "no images\n");
}

#[test]
fn what_is_refused_is_a_sentence_with_the_number_of_opengnsys() {
    let site = site();
    std::fs::write(site.path().join("text.img"), "no image").unwrap();
    std::fs::write(site.path().join("cut.img"), &small_image(1)[..60_000]).unwrap();
    std::fs::write(site.path().join("v.000"), small_image(1)).unwrap();
    std::fs::write(site.path().join("v.002"), "x").unwrap();
    for (words, number, part) in [
        (&["add", "text.img"][..], 5, "this is no image"),
        (&["add", "cut.img"], 5, "ends after 60000 bytes"),
        (&["add", "none.img"], 2, "there is no file none.img"),
        (&["add", "v.000"], 1, "\"v.001\" is missing"),
        (&["add", "win10.img", "--name", "a b"], 1, "no canonical name"),
        (
            &["add", "win10.img", "--title", "x"],
            1,
            "say --software-profile, --partition, --partition-type, --comments too",
        ),
        (&["info", "../etc/passwd"], 1, "is no image of a repository"),
        (&["info", "win10"], 2, "there is no image win10.img"),
        (&["verify", "win10"], 2, "there is no image"),
        (&["restore-backup", "win10"], 2, "no backup"),
        (&["import", "elsewhere", "--all"], 23, "no repository is configured"),
        (&["import", "./nowhere", "--all"], 23, "make that folder"),
    ] {
        let ran = repo(&site, words);
        assert_eq!(ran.status, Some(1), "{words:?} {ran:?}");
        let last = ran.stderr.lines().last().unwrap_or_default();
        assert!(last.contains(part) && last.contains(&format!("(error {number} ")), "{words:?}: {last}");
        let told = json_of(&repo(&site, &[words, &["--json"]].concat()));
        assert_eq!((&told["result"], &told["opengnsys_error"]), (&json!(false), &json!(number)), "{words:?}");
    }
    for partition in ["0", "-1", "sda1", "65536"] {
        let ran = repo(&site, &["add", "win10.img", &format!("--partition={partition}")]);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("it should be the number of a partition, from 1 on"), "{ran:?}");
    }
    assert_eq!(repo(&site, &["list"]).stdout, "no images\n");
}

#[test]
fn repositories_are_named_in_the_configuration() {
    let site = site();
    std::fs::create_dir(site.path().join("lab")).unwrap();
    let unnamed = site.run(&["repo", "-R", "lab", "list"]);
    assert!(unnamed.stderr.contains("say ./lab for the folder"), "{unnamed:?}");
    let folder = |name: &str| site.path().join(name).display().to_string();
    let conf = format!(
        "[repository]\nfolders = main={}, lab={}\nannounce = http://10.0.0.9:6969/announce\n",
        folder("repo"),
        folder("lab")
    );
    std::fs::write(site.path().join("img.conf"), conf).unwrap();
    let run = |words: &[&str]| site.run(&[&["repo", "--config", "img.conf"], words].concat());
    let registered = [
        "--title",
        "Windows 10",
        "--software-profile",
        "office",
        "--partition",
        "1",
        "--partition-type",
        "NTFS",
        "--comments",
        "none",
    ];
    let added = run(&[&["add", "win10.img", "--unit", "aula 1"][..], &registered].concat());
    assert_eq!(added.status, Some(0), "{added:?}");
    let torrent = std::fs::read(site.path().join("repo/images/aula 1/win10.img.torrent")).unwrap();
    assert!(String::from_utf8_lossy(&torrent).contains("http://10.0.0.9:6969/announce"));

    let imported = run(&["-R", "lab", "import", "main", "--all"]);
    assert_eq!(
        (imported.status, &*imported.stdout),
        (Some(0), "aula 1/win10.img is published\n"),
        "{imported:?}"
    );
    // what is there and not published is not passed over in silence
    std::fs::write(site.path().join("repo/images/late.img"), small_image(3)).unwrap();
    let imported = run(&["-R", "lab", "import", "main", "--all"]);
    assert!(imported.stderr.contains("late.img is left in main"), "{imported:?}");
    assert_eq!((imported.status, imported.stdout.lines().count()), (Some(1), 1), "{imported:?}");
    // of several images each answer is a line
    let imported = run(&["-R", "lab", "import", "main", "--all", "--json"]);
    let lines: Vec<Value> = imported.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["opengnsys_error"], &lines[1]["state"]), (&json!(4), &json!("published")));
    assert_eq!(lines.len(), 2, "{imported:?}");
    std::fs::remove_file(site.path().join("repo/images/late.img")).unwrap();
    let there = json_of(&run(&["-R", "lab", "info", "aula 1/win10", "--json"]));
    assert_eq!(there["registration"]["title"], "Windows 10");
    let none = run(&["-R", "x", "list"]);
    assert!(none.stderr.contains("there are: main, lab"), "{none:?}");

    std::fs::write(site.path().join("img.conf"), "[repository]\nfolders = /srv\n").unwrap();
    let wrong = run(&["list"]);
    assert!(wrong.stderr.contains("img.conf:2") && wrong.stderr.contains("NAME=FOLDER"), "{wrong:?}");
}

#[test]
fn watch_publishes_what_comes_until_it_is_stopped() {
    let site = site();
    let images = site.path().join("repo/images");
    std::fs::create_dir(&images).unwrap();
    let mut watch = site.start(&["repo", "-R", "./repo", "watch", "--every", "1"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    let state = || json_of(&repo(&site, &["info", "a b", "--json"]))["state"].clone();
    while !images.join("a b.img.torrent").exists() {
        assert!(Instant::now() < deadline, "it is never published: {}", state());
        // renamed in, again and again, since nobody knows when it began to listen
        std::fs::copy(site.path().join("win10.img"), site.path().join("copy")).unwrap();
        std::fs::rename(site.path().join("copy"), images.join("a b.img")).unwrap();
        std::thread::sleep(Duration::from_millis(2500));
    }
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(watch.id().try_into().unwrap()),
        nix::sys::signal::SIGTERM,
    )
    .unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(0));
    let nowhere = site.run(&["repo", "-R", "./nowhere", "watch", "--once", "--json"]);
    assert_eq!(
        (json_of(&nowhere)["opengnsys_error"].clone(), nowhere.stdout.lines().count()),
        (json!(23), 1)
    );
    let once = repo(&site, &["watch", "--once", "--json"]);
    assert_eq!((once.status, &*once.stdout), (Some(0), ""), "{once:?}");
    assert_eq!(state(), "published");
}
