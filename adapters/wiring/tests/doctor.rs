//! `img doctor`: what it says works, on the machine that runs the tests, which has everything.

mod program;

use program::Site;

#[test]
fn everything_works_where_the_tests_run_but_what_only_mic_makes() {
    let site = Site::new();

    let all = site.run(&["doctor", "--json"]);

    assert_eq!(all.status, Some(0), "{all:?}");
    let answer = all.json();
    assert_eq!((&answer["result"], &answer["install"]), (&true.into(), &serde_json::Value::Null), "{answer}");
    assert_eq!(answer["places"][0]["works"], true, "{answer}");
    // nobody needs these two: whoever wants mic says so
    for line in [&answer["places"][1], &answer["builders"][1]] {
        assert_ne!(line["works"], false, "{answer}");
        assert!(line["works"] == true || line["reason"].is_string(), "{answer}");
    }
    assert_eq!(
        (&answer["places"][1]["name"], &answer["builders"][1]["name"]),
        (&"host".into(), &"mic".into())
    );
    for line in answer["images"].as_array().unwrap() {
        let by_mic = ["nand", "mrstnand"].contains(&line["name"].as_str().unwrap());
        let expected = if by_mic { serde_json::Value::Null } else { true.into() };
        assert_eq!(line["works"], expected, "{line}");
    }
}

#[test]
fn a_person_reads_a_line_each_and_may_ask_about_some_types_only() {
    let site = Site::new();

    let some = site.run(&["doctor", "raw", "nand"]);
    let none = site.run(&["doctor", "floppy"]);

    assert_eq!(some.status, Some(0), "{some:?}");
    let lines: Vec<_> = some.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(lines[0], ["place", "user", "namespace", "works"]);
    assert_eq!(lines[1][..2], ["place", "host"]);
    assert_eq!(lines[2], ["builder", "dnf", "works"]);
    assert_eq!(lines[3][..2], ["builder", "mic"]);
    assert_eq!(lines[4], ["image", "raw", "works"]);
    assert_eq!(lines[5][..3], ["image", "nand", "-"]);
    assert_eq!(lines.len(), 6, "{some:?}");
    assert_eq!(none.status, Some(2), "{none:?}");
}

/// A stand-in, since no machine that runs tests has mic.
#[test]
fn a_mic_that_is_there_says_its_version_and_one_that_is_too_old_says_so() {
    let site = Site::new();
    let root = nix::unistd::geteuid().is_root();
    for (name, words, works) in [("stand-in-mic", "mic 0.14", true), ("stand-in-mic-old", "too old", false)] {
        let program = program::workspace("adapters/wiring/tests/builder_mic").join(name);
        site.kickstart("site.conf", format!("[worker]\nmic_program = {}\n", program.display()));
        let mut command = site.command(&["doctor", "--json"]);
        command.env("IMG_CONFIG", site.path().join("site.conf"));
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let answer = program::Ran::of(&command.output().unwrap()).json();
        let line = &answer["builders"][1];
        let reason = line["reason"].as_str().unwrap();
        if answer["places"][1]["works"] == true {
            assert!(reason.contains(words), "{line}");
            assert_eq!(line["works"] == true, works, "{line}");
        } else {
            assert!(!root, "root may do anything here: {answer}");
            assert!(answer["places"][1]["reason"].as_str().unwrap().contains("NOPASSWD"), "{answer}");
        }
    }
}
