//! From a kickstart to an image that a repository publishes.

mod program;

use std::path::Path;
use std::process::Command;

use program::{Ran, Site, demo_repo, workspace};
use serde_json::{Value, json};

/// What a program of Debian says.
fn said(program: &str, arguments: &[&str], file: &Path) -> String {
    #[expect(clippy::disallowed_methods, reason = "the program to be compared with")]
    let said = Command::new(program).args(arguments).arg(file).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    String::from_utf8(said.stdout).unwrap()
}

/// Builds an image and has it published by the process of the examples.
fn build(site: &Site, image_type: &str, name: &str, folders: &str) -> (Ran, Value) {
    let kickstart = "part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n";
    site.kickstart("small.ks", kickstart);
    let process = workspace("examples/processes/build_and_publish.pdef");
    let repo = demo_repo();
    let mut build = site.command(&["build", "small.ks", "--type", image_type, "--name", name, "--json"]);
    build.args(["--repo", &repo, "--process", process.to_str().unwrap()]);
    build.env("IMG_REPOSITORY_FOLDERS", folders);
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let ran = Ran::of(&build.output().unwrap());
    let answer = ran.json();
    (ran, answer)
}

#[test]
fn a_kickstart_becomes_an_image_that_a_repository_publishes() {
    let site = Site::new();
    let opengnsys = site.path().join("opengnsys");
    std::fs::create_dir(&opengnsys).unwrap();
    let folders = format!("main={}", opengnsys.display());

    let (ran, answer) = build(&site, "raw", "hello-x86_64", &folders);

    assert_eq!((ran.status, &answer["status"]), (Some(0), &json!("DONE")), "{ran:?}");
    let made = Path::new(answer["image_file"].as_str().unwrap());
    let disk = opengnsys.join("images/hellox8664.dsk");
    assert_eq!(std::fs::read(&disk).unwrap(), std::fs::read(made).unwrap(), "the job keeps its image");
    let beside = |ending: &str| opengnsys.join(format!("images/hellox8664.dsk.{ending}"));
    let sum = std::fs::read_to_string(beside("full.sum")).unwrap();
    assert_eq!(sum.trim(), said("md5sum", &["-b"], &disk).split(' ').next().unwrap());
    let torrent = said("ctorrent", &["-x"], &beside("torrent"));
    assert!(torrent.contains("hellox8664.dsk") && torrent.contains("4194304"), "{torrent}");
    let list = std::fs::read_to_string(opengnsys.join("etc/repoinfo.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(
        (&list["images"][0]["name"], &list["images"][0]["type"]),
        (&json!("hellox8664"), &json!("dsk"))
    );

    // the next build of the name takes its place, and is a file system alone
    let (ran, _) = build(&site, "loop", "hello-x86_64", &folders);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(
        opengnsys.join("images/hellox8664.img").is_file(),
        "{:?}",
        std::fs::read_dir(opengnsys.join("images"))
    );
}

#[test]
fn a_site_without_a_repository_is_told_by_the_process_and_keeps_its_image() {
    let site = Site::new();
    let (ran, answer) = build(&site, "loop", "hello", "");
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("no repository is configured"), "{error}");
    assert_eq!(site.jobs()[0]["status"], "DONE");
}
