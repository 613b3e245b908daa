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
    assert_eq!(lines[1], ["place", "network", "of", "scripts", "works"]);
    assert_eq!(lines[2][..4], ["place", "limits", "of", "builds"]);
    assert_eq!(lines[3], ["builder", "dnf", "works"]);
    assert_eq!(lines[4], ["image", "raw", "works"]);
    assert_eq!(lines[5][..3], ["image", "nand", "-"]);
    assert_eq!(lines.len(), 6, "{some:?}");
    assert_eq!(none.status, Some(2), "{none:?}");
}
