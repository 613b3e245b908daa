//! `img ks` on files of its own.

mod program;

use program::Site;

const SPACED: &[u8] = b"lang   C # \xff\r\npart / --size 400\r\n\r\n%packages\r\n\tvim\r\n%end";

fn site() -> Site {
    let site = Site::new();
    site.kickstart("spaced.ks", SPACED);
    site
}

#[test]
fn a_sound_file_passes_and_a_broken_one_is_shown() {
    let site = site();
    site.kickstart("broken.ks", "prat /\nkey x\n");

    let sound = site.run(&["ks", "check", "spaced.ks"]);
    assert_eq!((sound.status, &*sound.stdout, &*sound.stderr), (Some(0), "", ""));

    let broken = site.run(&["ks", "check", "spaced.ks", "broken.ks"]);
    assert_eq!(broken.status, Some(1));
    assert!(broken.stdout.contains("error: unknown command `prat`\n --> broken.ks:1:1"), "{broken:?}");
    assert!(broken.stdout.contains("did you mean `part`?"), "{broken:?}");
    assert_eq!(broken.stderr, "img: 1 error, 1 warning\n");

    let json = site.run(&["ks", "check", "--json", "broken.ks", "missing.ks"]);
    let lines: Vec<serde_json::Value> =
        json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["code"], &lines[1]["severity"]), (&"unknown-command".into(), &"warning".into()));
    let unreadable = lines.last().unwrap();
    assert_eq!((&unreadable["code"], &unreadable["file"]), (&"unreadable".into(), &"missing.ks".into()));

    assert_eq!(site.run(&["ks", "check", "nowhere.ks"]).status, Some(1));
    site.kickstart("mic.ks", "desktop --session=x\n");
    assert_eq!(site.run(&["ks", "check", "mic.ks"]).status, Some(0));
    assert_eq!(site.run(&["ks", "check", "--dialect=rhel9", "mic.ks"]).status, Some(1));
    assert_eq!(site.run(&["ks", "check", "--dialect=suse", "mic.ks"]).status, Some(2));
}

#[test]
fn included_files_are_read_only_when_asked_for() {
    let site = Site::new();
    std::fs::create_dir(site.path().join("parts")).unwrap();
    site.kickstart("main.ks", "lang C\n%include parts/disks.ks\n");
    site.kickstart("parts/disks.ks", "part /\n%include more.ks\n");
    site.kickstart("parts/more.ks", "part --size=1\n");
    site.kickstart("loop.ks", "%include loop.ks\n");
    site.kickstart("far.ks", "%ksappend http://repo.example/x\n");

    assert!(site.run(&["ks", "check", "main.ks"]).stdout.contains("`%include` is not allowed here"));
    let followed = site.run(&["ks", "check", "--include", "main.ks"]);
    assert!(followed.stdout.contains(" --> parts/more.ks:1:1"), "{followed:?}");
    assert!(followed.stdout.contains("included from parts/disks.ks:2"), "{followed:?}");
    assert_eq!(site.run(&["ks", "flatten", "main.ks"]).stdout, "lang C\npart /\npart --size=1\n");
    for (file, reason) in [("loop.ks", "`loop.ks` includes itself"), ("far.ks", "addresses are not fetched")]
    {
        let refused = site.run(&["ks", "flatten", file]);
        assert_eq!((refused.status, &*refused.stdout), (Some(1), ""));
        assert!(refused.stderr.contains(reason), "{refused:?}");
    }
}

#[test]
fn what_cannot_be_included_is_found_beside_all_else() {
    let site = Site::new();
    site.kickstart("main.ks", "lnag C\n'%include' ./parts.ks\n%include /dev/zero\n");
    site.kickstart("parts.ks", "%include ./parts.ks\n%include /\n%include nowhere.ks\n");

    let checked = site.run(&["ks", "check", "--include", "--json", "main.ks"]);

    let found: Vec<serde_json::Value> =
        checked.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages: Vec<String> = found
        .iter()
        .map(|found| format!("{}:{}: {}", found["file"], found["line"], found["message"]))
        .collect();
    assert_eq!(
        messages,
        [
            r#""main.ks":1: "unknown command `lnag`""#,
            r#""parts.ks":1: "`parts.ks` includes itself""#,
            r#""parts.ks":2: "cannot include `/`: it is no regular file""#,
            r#""parts.ks":3: "cannot include `nowhere.ks`: No such file or directory (os error 2)""#,
            r#""main.ks":3: "cannot include `/dev/zero`: it is no regular file""#,
        ]
    );
    assert_eq!(found[1]["included_from"], serde_json::json!([{ "file": "main.ks", "line": 2 }]));
    assert_eq!(checked.status, Some(1));
}

#[test]
fn an_edit_without_edits_prints_the_file_byte_for_byte() {
    let site = site();
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let output = site.command(&["ks", "edit", "spaced.ks"]).output().unwrap();

    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), SPACED));
}

#[test]
fn edits_change_what_they_are_about_and_nothing_else() {
    let site = site();
    site.kickstart("hello.sh", "echo hello\n");
    let edits = [
        "--add-repo=extra=http://repo.example/",
        "--add-package=-nano",
        "--remove-package=vim",
        "--add-group=core",
        "--add-user=guest",
        "--set=user --name=guest --uid=7",
        "--set=part / --grow",
        "--unset=part / --size",
        "--add-script=%post --nochroot=hello.sh",
    ];
    let mut words = vec!["ks", "edit", "spaced.ks", "--write"];
    words.extend(edits);

    assert_eq!(site.run(&words).status, Some(0));

    let after = std::fs::read(site.path().join("spaced.ks")).unwrap();
    let expected = b"lang   C # \xff\r\npart / --grow\r\nuser --name=guest --uid=7\r\nrepo --name=extra --baseurl=http://repo.example/\r\n\
        \r\n%packages\r\n-nano\r\n@core\r\n%end\r\n\r\n%post --nochroot\r\necho hello\r\n%end\r\n";
    assert_eq!(String::from_utf8_lossy(&after), String::from_utf8_lossy(expected));

    let refused = site.run(&["ks", "edit", "spaced.ks", "--write", "--set=part / --szie=1"]);
    assert_eq!(refused.status, Some(1));
    assert!(refused.stderr.contains("did you mean `--size`?"), "{refused:?}");
    assert_eq!(std::fs::read(site.path().join("spaced.ks")).unwrap(), after);
}

#[test]
fn scripts_are_taken_out_by_the_numbers_they_have_in_the_file() {
    let site = Site::new();
    let scripts: String = ["a", "b", "c"].iter().map(|text| format!("%post\n{text}\n%end\n\n")).collect();
    site.kickstart("three.ks", format!("lang C\n\n{scripts}%packages\n-@core\n@x\n%end\n"));
    let packages = "%packages\n-@core\n@x\n%end\n";
    for (edits, rest) in [
        (
            &["--remove-script=%post:1", "--remove-script=%post:2"][..],
            format!("%post\nc\n%end\n\n{packages}"),
        ),
        (
            &["--remove-script=%post:3", "--remove-script=%post:1", "--remove-script=%post:3"],
            format!("%post\nb\n%end\n\n{packages}"),
        ),
        (&["--remove-script=%post", "--remove-script=%post:1"], packages.to_owned()),
        (&["--remove-script=%pre", "--remove-group=-core"], format!("{scripts}%packages\n@x\n%end\n")),
    ] {
        let changed = site.run(&[&["ks", "edit", "three.ks"], edits].concat());
        assert_eq!((changed.status, changed.stdout), (Some(0), format!("lang C\n\n{rest}")), "{edits:?}");
    }
    for (wrong, reason) in [("post", "is no section"), ("%post:0", "as %post:2"), ("%post:x", "as %post:2")] {
        let refused = site.run(&["ks", "edit", "three.ks", "--remove-script", wrong]);
        assert_eq!((refused.status, &*refused.stdout), (Some(1), ""));
        assert!(refused.stderr.contains(reason), "{refused:?}");
    }
}

#[test]
fn files_are_formatted_compared_and_filled_in() {
    let site = Site::new();
    site.kickstart("one.ks", "part  /  --size 4\nlang @LANG@\n");
    site.kickstart("other.ks", "lang @LANG@\npart / --size=5\n");

    assert_eq!(site.run(&["ks", "fmt", "--check", "one.ks"]).status, Some(1));
    assert_eq!(site.run(&["ks", "fmt", "one.ks"]).stdout, "part / --size=4\nlang @LANG@\n");
    assert_eq!(site.run(&["ks", "fmt", "-w", "one.ks"]).status, Some(0));
    assert_eq!(site.run(&["ks", "fmt", "--check", "one.ks"]).status, Some(0));

    let different = site.run(&["ks", "diff", "one.ks", "other.ks"]);
    assert_eq!((different.status, &*different.stdout), (Some(1), "~ part /: --size 4 -> 5\n"));
    assert_eq!(site.run(&["ks", "diff", "one.ks", "one.ks"]).status, Some(0));

    assert_eq!(site.run(&["ks", "tokens", "one.ks"]).stdout, "2: @LANG@\n");
    let filled = site.run(&["ks", "tokens", "one.ks", "--tokenmap=LANG:de_DE,X:y"]);
    assert_eq!(filled.stdout, "part / --size=4\nlang de_DE\n");
    assert_eq!(site.run(&["ks", "tokens", "one.ks", "--tokenmap=LANG"]).status, Some(1));
}
