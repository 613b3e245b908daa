//! The real `img` with the mic of a machine, and without one.

use std::path::PathBuf;

use child::Place;
use place_host::Host;

use crate::program::{Site, demo_repo};
use crate::support::{REPO, stand_in};

/// A site whose mic is this program.
fn site(program: &str, lines: &str) -> Site {
    let site = Site::new();
    let program = stand_in(program);
    site.kickstart("site.conf", format!("[worker]\nmic_program = {}\n{lines}", program.display()));
    site.kickstart("demo.ks", REPO);
    site
}

fn build(site: &Site, words: &[&str]) -> crate::program::Ran {
    let mut command = site.command(&[&["build", "demo.ks", "--json"], words].concat());
    command.env("IMG_CONFIG", site.path().join("site.conf"));
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    crate::program::Ran::of(&command.output().unwrap())
}

#[test]
fn a_person_chooses_the_builder_and_its_place() {
    let works = Host::new().check().is_ok();
    for (words, program, image) in [
        (&["--type", "livecd", "--builder", "mic"][..], "stand-in-mic", "demo.iso"),
        (&["--type", "livecd", "--builder", "mic", "--place", "host"], "stand-in-mic", "demo.iso"),
        (&["--type", "nand", "--builder", "mic2"], "stand-in-mic-image-creator", "demo.nand"),
    ] {
        let site = site(program, "");
        let ran = build(&site, words);
        let answer = ran.json();
        if works {
            let file = answer["image_file"].as_str().map(PathBuf::from).unwrap_or_else(|| panic!("{ran:?}"));
            assert!(file.ends_with(image) && file.is_file(), "{ran:?}");
        } else {
            assert!(answer["error"].as_str().unwrap().contains("NOPASSWD"), "{ran:?}");
        }
    }
}

#[test]
fn a_person_who_names_no_builder_gets_that_of_the_machine() {
    let works = Host::new().check().is_ok();
    let root = "mic makes images, as [worker] builder says: the kickstart is root of this machine";
    for (lines, words, by_mic) in [
        ("builder = mic", &["--type", "livecd"][..], true),
        ("builder = mic", &["--type", "livecd", "--builder", "auto"], true),
        ("ict = mic", &["--type", "livecd"], true),
        ("builder = mic", &["--type", "fs", "--builder", "dnf"], false),
        ("builder = dnf\nict = mic", &["--type", "fs"], false),
    ] {
        let site = site("stand-in-mic", lines);
        let ran = build(&site, words);
        let error = ran.json()["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            ran.stderr.contains(&root.replace("builder", &lines[..lines.find(' ').unwrap()])),
            by_mic,
            "{lines}: {ran:?}"
        );
        assert_eq!(ran.stderr.contains("starting mic"), by_mic && works, "{lines}: {ran:?}");
        assert_eq!(error.contains("NOPASSWD"), by_mic && !works, "{lines}: {ran:?}");
        assert!(!ran.stderr.contains("for services"), "{lines}: {ran:?}");
    }
}

#[test]
fn what_cannot_be_is_said_before_anything_begins() {
    let site = site("no-such-mic", "");
    for (words, words_said) in [
        (&["--type", "raw", "--builder", "mic", "--place", "userns"][..], "say --place host"),
        (&["--type", "raw", "--place", "host"], "dnf needs no root"),
        (&["--type", "raw", "--builder", "yum"], "possible values: auto, dnf, mic, mic2"),
        (&["--type", "raw", "--place", "vm"], "dnf needs no machine of its own"),
        (&["--type", "raw", "--place", "moon"], "possible values: host, userns, vm"),
    ] {
        let ran = build(&site, words);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(words_said), "{ran:?}");
    }
    let nand = build(&site, &["--type", "nand"]);
    assert!(nand.json()["error"].as_str().unwrap().contains("only made by mic"), "{nand:?}");
    if Host::new().check().is_ok() {
        let missing = build(&site, &["--type", "raw", "--builder", "mic"]);
        assert!(missing.json()["error"].as_str().unwrap().contains("no-such-mic is missing"), "{missing:?}");
    }
}

/// A running `img up`, killed with the value.
struct Up(std::process::Child);

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_old_site_has_the_mic_it_asks_for_and_where_there_is_none_dnf_says_so() {
    let works = Host::new().check().is_ok();
    let repo = demo_repo();
    for (program, with_mic, options) in
        [("stand-in-mic", true, "mic_opts = --copy-kernel:--record-pkgs=name\n"), ("no-such-mic", false, "")]
    {
        let site = site(program, &format!("ict = mic\nuse_kvm = no\n{options}"));
        site.kickstart("demo.ks", "%packages\nsetup\n%end\n");
        let up = Up(site.start(&["up", "--config", "site.conf"]));

        let ran = site.run(&["submit", "demo.ks", "--type", "fs", "--repo", &repo, "--wait", "--json"]);

        let answer = ran.json();
        match with_mic {
            true if works => {
                let file = PathBuf::from(answer["image_file"].as_str().unwrap_or_else(|| panic!("{ran:?}")));
                let kernel = file.with_file_name("demo-vmlinuz-5.10");
                assert!(kernel.is_file() && answer["warnings"] == serde_json::json!([]), "{ran:?}");
            }
            true => assert!(answer["error"].as_str().unwrap().contains("NOPASSWD"), "{ran:?}"),
            false => {
                let warning = "[worker] ict asks for mic, which is not on this machine: dnf makes the images, in a user namespace";
                assert_eq!((ran.status, &answer["warnings"][0]), (Some(0), &warning.into()), "{ran:?}");
            }
        }
        drop(up);
    }
}
