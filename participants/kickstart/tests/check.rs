//! What `check` says of a kickstart.

use img_kickstart::{Kickstart, Rules, check, check_with};

/// Text, and what is found in it: line, column, code, a part of the message, a part of the help.
type Row = (&'static str, &'static [(usize, usize, &'static str, &'static str, &'static str)]);

const TABLE: &[Row] = &[
    ("", &[]),
    ("lang en_US\n# comment\n\n%packages\n@core\n%end\n", &[]),
    ("%include x.ks\n", &[(1, 1, "include", "`%include` is not allowed", "other file")]),
    ("%ksappend x.ks\n", &[(1, 1, "include", "`%ksappend` is not allowed", "other file")]),
    ("%post\n\t%include x\n%end\n", &[(2, 2, "include", "`%include`", "other file")]),
    ("bootlaoder --timeout=0\n", &[(1, 1, "unknown-command", "`bootlaoder`", "`bootloader`")]),
    ("zzzzzzzz\n", &[(1, 1, "unknown-command", "`zzzzzzzz`", "")]),
    ("\u{feff}lang C\n", &[(1, 1, "unknown-command", "lang", "byte order mark")]),
    (
        "part / --fstyp=ext4 --szie=3\n",
        &[
            (1, 8, "short-option", "`--fstyp` is short for `--fstype`", ""),
            (1, 21, "unknown-option", "`part` has no option `--szie`", "`--size`"),
        ],
    ),
    ("part / --f=1\n", &[(1, 8, "unknown-option", "one of several", "")]),
    ("part / --size\n", &[(1, 8, "missing-value", "`--size` needs a value", "")]),
    ("part / --size --grow\n", &[(1, 8, "missing-value", "`--size` needs a value", "")]),
    ("part / --grow=yes\n", &[(1, 8, "superfluous-value", "`--grow` takes no value", "")]),
    ("part / --size=big\n", &[(1, 15, "wrong-value", "`--size` takes a whole number, not `big`", "")]),
    ("part / --size big\n", &[(1, 15, "wrong-value", "not `big`", "")]),
    ("part / --size=-1\n", &[(1, 15, "wrong-value", "not `-1`", "")]),
    ("part / --size=@SIZE@ --align=4\n", &[]),
    (
        "part / --fstype=a --type=b\nselinux --disabled --permissive\n",
        &[
            (1, 19, "given-again", "`--fstype` is given again: only the last counts", ""),
            (2, 20, "given-again", "`--permissive` takes the place of what was said before", ""),
        ],
    ),
    ("part / --size=1 --grow --size=2\n", &[(1, 24, "given-again", "`--size` is given again", "")]),
    ("firewall --service=a --service=b\n", &[]),
    ("mount a b --mkfsoptions=x\n", &[(1, 11, "lonely-option", "without `--reformat`", "")]),
    ("url --url=a --metalink=b\n", &[(1, 13, "conflict", "do not go together", "")]),
    ("services\n", &[(1, 1, "missing-option", "`--enabled` or `--disabled`", "")]),
    ("eula --agreed\n", &[]),
    ("part --size=5\n", &[(1, 1, "missing-mount-point", "`part` needs a mount point", "")]),
    ("part / /home --size=5\n", &[(1, 8, "extra-argument", "`part` does not take `/home`", "")]),
    ("part boot\n", &[(1, 6, "odd-mount-point", "`boot`", "")]),
    ("part /\npart swap\npart swap\npartition /\n", &[(4, 11, "duplicate-mount-point", "line 1", "")]),
    ("repo --baseurl=http://a\n", &[(1, 1, "missing-option", "`repo` needs `--name`", "")]),
    ("repo --name=a\n", &[(1, 1, "missing-option", "`--baseurl` or `--mirrorlist`", "")]),
    ("repo --name=a --baseurl=\n", &[(1, 1, "missing-option", "`--baseurl`", "")]),
    ("repo --name=a/b --mirrorlist=http://a\n", &[(1, 13, "repo-name", "`a/b`", "")]),
    ("repo --name=a --baseurl=b --mirrorlist=c\n", &[(1, 27, "conflict", "do not go together", "")]),
    ("repo --name=a --baseurl=b --ssl_verify=maybe\n", &[(1, 40, "wrong-value", "yes or no", "")]),
    ("repo --name=a --baseurl=b --priority=-1 --save\n", &[]),
    ("repo --name=a --baseurl=b\nrepo --name=a --baseurl=c\n", &[(2, 13, "duplicate-repo", "line 1", "")]),
    ("bootloader --location=moon\n", &[(1, 23, "wrong-value", "mbr or partition", "")]),
    ("bootloader --append=\"quiet\n", &[(1, 21, "open-quote", "never closed", "")]),
    (
        "part / \\\n --size=5\n",
        &[(1, 8, "backslash", "nothing follows", "next line"), (2, 2, "unknown-command", "`--size=5`", "")],
    ),
    ("rootpw $6$x#y\n", &[(1, 12, "comment-in-word", "middle of a word", "quotes")]),
    ("lang en_US\u{b}\n", &[(1, 11, "control-character", "U+000B", "")]),
    ("lang C\rtext\n", &[(1, 7, "control-character", "U+000D", ""), (1, 8, "extra-argument", "`text`", "")]),
    ("lang C\n# x\rrootpw a\n", &[(2, 4, "control-character", "U+000D", "")]),
    ("%post\na\r%end\rrootpw a\n%end\n", &[(2, 2, "control-character", "a new line here, after U+000D", "")]),
    ("%post\n\u{e9}\u{85} \u{c}%include /x\n%end\n", &[(2, 2, "control-character", "U+0085", "")]),
    ("%pre\na\u{2028}%post\u{2028}\r\n%end\n", &[(2, 2, "control-character", "U+2028", "")]),
    ("%post\nprintf 'a\r100 %\r%endless\r x %end\r%\r'\r\n%end\n", &[]),
    ("lang\n", &[(1, 1, "missing-argument", "`lang` needs an argument", "")]),
    ("user --groups=a\n", &[(1, 1, "missing-option", "`user` needs `--name`", "")]),
    ("interactive\n", &[(1, 1, "past-command", "`interactive`", "")]),
    ("xconfig --depth=24\n", &[(1, 9, "past-option", "`--depth`", "")]),
    ("authconfig --anything=x -y\n", &[]),
    ("%end\n", &[(1, 1, "stray-end", "ends no section", "")]),
    ("%packges\n%end\n", &[(1, 1, "unknown-section", "`%packges`", "`%packages`")]),
    ("lang C\n%post\ntrue\n", &[(2, 1, "missing-end", "`%post` has no `%end`", "")]),
    ("%post\ntrue\n%packages\n%end\n", &[(1, 1, "missing-end", "`%post` has no `%end`", "")]),
    ("%post\n%notasection\n%{macro}\n%endless\n%end\n", &[]),
    ("%packages --no-core\n%end\n", &[(1, 11, "unknown-option", "`%packages` has no option", "`--nocore`")]),
    ("%packages\n  vim emacs # both\n%end\n", &[(2, 3, "blank-in-name", "`vim emacs`", "")]),
    (
        "%packages\n@A --all\n-\n@^ # x\n%end\n",
        &[
            (2, 1, "unknown-option", "`--all`", ""),
            (3, 1, "empty-name", "no name", ""),
            (4, 1, "empty-name", "no name", ""),
        ],
    ),
    ("%packages\n@A Group --optional\n-@B C\n@^env\n%end\n", &[]),
    ("%post --nochroot --erroronfail --interpreter=/bin/sh --log=/x\n%end\n", &[]),
    ("%addon com_example --any\n%end\n", &[]),
    ("é \"x\n", &[(1, 1, "unknown-command", "`é`", ""), (1, 3, "open-quote", "never closed", "")]),
];

#[test]
fn each_mistake_is_found_where_it_is() {
    for (text, expected) in TABLE {
        let found = check(&Kickstart::parse(text));
        let places: Vec<_> = found.iter().map(|found| (found.line, found.column, found.code)).collect();
        let wanted: Vec<_> = expected.iter().map(|row| (row.0, row.1, row.2)).collect();
        assert_eq!(places, wanted, "{text:?}: {found:#?}");
        for (found, (.., message, help)) in found.iter().zip(*expected) {
            assert!(found.message.contains(message), "{text:?}: {}", found.message);
            match &found.help {
                Some(said) => assert!(!help.is_empty() && said.contains(help), "{text:?}: {said}"),
                None => assert_eq!(*help, "", "{text:?}"),
            }
        }
    }
}

#[test]
fn includes_pass_where_the_caller_allows_them() {
    let ks = Kickstart::parse("%include a\n%packages\n%include b\n%end\n");

    assert_eq!(check_with(&ks, &Rules::default().include_allowed(true)), []);
}

#[test]
fn a_finding_shows_its_line_with_a_marker() {
    let source = "lang C\r\nbootlaoder --timeout=0\r\n";

    let found = check(&Kickstart::parse(source));

    let expected = "\
error: unknown command `bootlaoder`
 --> my.ks:2:1
  |
2 | bootlaoder --timeout=0
  | ^^^^^^^^^^
  |
  = help: did you mean `bootloader`?";
    assert_eq!(found[0].render("my.ks", source), expected);
    assert_eq!(
        found[0].one_line("my.ks"),
        "my.ks:2:1: error: unknown command `bootlaoder` (did you mean `bootloader`?)"
    );
}

#[test]
fn a_finding_cannot_disturb_the_terminal() {
    let source = "\u{1b}[2Jfoo\u{7}\u{202e} x\n";

    for found in check(&Kickstart::parse(source)) {
        let shown = found.render("my.ks", source) + &found.one_line("my.ks");
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn a_finding_beside_another_source_does_not_panic() {
    for found in check(&Kickstart::parse("lang C\npart / --size=é\n%post\n")) {
        for source in ["", "é", "lang C\npart / --siz€=€€€", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"]
        {
            found.render("my.ks", source);
        }
    }
}

#[test]
fn the_check_stops_at_its_limit() {
    let ks = Kickstart::parse("what\n".repeat(5000));

    assert_eq!(check(&ks).len(), 1000);
}

#[test]
fn findings_are_json_for_other_programs() {
    let ks = Kickstart::parse(
        "part \"/\u{1}\t\\\\é --size=1\n%post --what\n%end\nrepo --name=a --baseurl=b --gpgkey=\n",
    );

    for found in check(&ks) {
        let json: serde_json::Value = serde_json::from_str(&found.json("a \"b\".ks")).unwrap();
        assert_eq!(json["message"], found.message);
        assert_eq!(json["file"], "a \"b\".ks");
        assert_eq!(
            (json["line"].as_u64(), json["column"].as_u64()),
            (Some(found.line as u64), Some(found.column as u64))
        );
        assert_eq!(json["help"].as_str(), found.help.as_deref());
        assert_eq!(json["severity"], if found.is_error() { "error" } else { "warning" });
    }
}

#[test]
fn each_dialect_has_its_own_words() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("mic", "repo --name=a --baseurl=b --save\n", ""),
        (
            "fedora",
            "repo --name=a --baseurl=b --save\n",
            "error: `--save` is unknown to Fedora 46: mic has it",
        ),
        ("mic", "%pack\n%end\n", ""),
        ("rhel9", "%pack\n%end\n", "error: `%pack` is unknown to RHEL 9: mic has it"),
        (
            "rhel8",
            "timesource --ntp-disable\n",
            "error: `timesource` is unknown to RHEL 8 (it is there since RHEL 9)",
        ),
        ("rhel9", "timesource --ntp-disable\n", ""),
        ("fedora", "auth --x\n", "error: `auth` is unknown to Fedora 46 (it is gone since Fedora 35)"),
        ("fedora34", "auth --x\n", ""),
        ("rhel10", "vnc --host=x\n", "warning: RHEL 10 is going to drop `vnc`"),
        (
            "fedora",
            "rhsm --organization=a --activation-key=b\n",
            "error: `rhsm` is unknown to Fedora 46: other installers have it",
        ),
        (
            "rhel9",
            "autopart --hw-passphrase=x\n",
            "error: `--hw-passphrase` is unknown to RHEL 9 (it is there since RHEL 11)",
        ),
        ("rhel9", "lilo\n", "error: `lilo` is unknown to RHEL 9"),
        ("mic", "lilo\n", "warning: `lilo` is unknown to current installers"),
    ];
    for (dialect, text, expected) in TABLE {
        let rules = Rules::default().dialect(dialect.parse().unwrap());
        let found: Vec<String> =
            check_with(&Kickstart::parse(text), &rules).iter().map(|found| found.one_line("")).collect();
        let expected: Vec<&str> = expected.split('\n').filter(|line| !line.is_empty()).collect();
        let found: Vec<&str> =
            found.iter().map(|line| line.splitn(4, ':').nth(3).unwrap().trim_start()).collect();
        assert_eq!(found, expected, "{dialect}: {text}");
    }
    for wrong in ["", "suse", "fedora20", "fedora47", "rhel6", "rhel12", "rhelx"] {
        assert!(wrong.parse::<img_kickstart::Dialect>().is_err(), "{wrong}");
    }
}
