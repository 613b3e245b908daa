//! Canonical form, and differences in meaning.

use img_kickstart::Kickstart;

#[test]
fn the_canonical_form_is_one() {
    const TABLE: &[(&str, &str)] = &[
        ("", ""),
        ("\n\n", ""),
        ("  lang   C  ", "lang C\n"),
        ("lang\tC\r\n\r\n\r\nkeyboard us\r\n\r\n", "lang C\n\nkeyboard us\n"),
        ("part / --size 4 --fsty=\"ext4\"\n", "part / --size=4 --fstype=ext4\n"),
        ("bootloader --append='quiet splash' #c\n", "bootloader --append=\"quiet splash\" #c\n"),
        ("user --name='a' --gecos=\"it's\"\n", "user --name=a --gecos=\"it's\"\n"),
        ("auth   --x 'a b'\n", "auth --x \"a b\"\n"),
        ("what  'a' --b\n", "what a --b\n"),
        ("part / --size='4\n", "part / --size='4\n"),
        ("# a  \n  # b\nlang C\n", "# a\n# b\nlang C\n"),
        (
            "lang C\n%packages   --nocore\n\n vim  # x \n\n\n-  nano\n@Base  System  --optional\n\n%end\nlang C\n",
            "lang C\n\n%packages --nocore\nvim # x\n\n-nano\n@Base System --optional\n%end\n\nlang C\n",
        ),
        (
            "lang C\n# mine\n%post\n  a  \n\n\n b\r\n  %end  \n",
            "lang C\n\n# mine\n%post\n  a  \n\n\n b\r\n%end\n",
        ),
        ("%post --erroronf --log /x\na", "%post --erroronfail --log=/x\na\n"),
        ("%end\n", "%end\n"),
    ];
    for (before, after) in TABLE {
        let formatted = Kickstart::parse(before).formatted();
        assert_eq!(formatted.to_string(), *after, "{before:?}");
        assert_eq!(formatted.formatted(), formatted, "{before:?}");
    }
}

#[test]
fn only_what_is_meant_differently_is_a_difference() {
    const TABLE: &[(&str, &str, &[&str])] = &[
        ("lang C # a\n\n", "\tlang   'C'\r\n", &[]),
        ("lang C\nlang de\n", "lang de\n", &[]),
        ("part / --type=ext4 --usepart=a\n", "part / --onpart=a --fstype=ext4\n", &[]),
        ("selinux --enforcing --permissive\n", "selinux --permissive\n", &[]),
        ("firewall --disable\n", "firewall --enabled --disabled\n", &[]),
        ("part / --size=4\npart swap\n", "partition swap\npart / --size 04\n", &["~ part: another order"]),
        (
            "part / --size=4\n",
            "part / --size=5 --grow\n",
            &["~ part /: --grow (none) -> (set)", "~ part /: --size 4 -> 5"],
        ),
        ("part swap --size=1\npart swap --size=2\n", "part swap --size=1\n", &["- part swap --size=2"]),
        ("services --enabled=a,b\n", "services --enabled=a, --enabled='a, b'\n", &[]),
        ("repo --name=a --baseurl=b --ssl_verify=no\n", "repo --name=a --baseurl=b --ssl_verify=off\n", &[]),
        (
            "repo --name=a --baseurl=b\n",
            "repo --name=c --baseurl=b # new\n",
            &["- repo --name=a --baseurl=b", "+ repo --name=c --baseurl=b"],
        ),
        ("lang C\n", "lang de\n", &["~ lang: C -> de"]),
        (
            "%packages\nvim\nnano\n-x\n%end\n",
            "%packages --nocore\n-vim\nnano\n%end\n%packages\nnew\n%end\n",
            &[
                "- %packages -x",
                "~ %packages: --nocore (none) -> (set)",
                "~ %packages: vim -> -vim",
                "+ %packages new",
            ],
        ),
        (
            "%post\na\n%end\n%post\nb\n%end\n",
            "%post\nb\n%end\n%post\na\n%end\n",
            &["~ scripts: another order"],
        ),
        ("%post\na\n%end\n", "%post \na\n\n%end\n", &["- %post (1 line)", "+ %post (2 lines)"]),
        ("%include a\n", "", &["- %include a"]),
        ("part '\n", "part \"\n", &["~ part: part ' -> part \""]),
    ];
    for (before, after, expected) in TABLE {
        let found = Kickstart::parse(before).differences(&Kickstart::parse(after));
        let mut shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        let mut expected = expected.to_vec();
        shown.sort_unstable();
        expected.sort_unstable();
        assert_eq!(shown, expected, "{before:?} {after:?}");
        for found in found {
            let json: serde_json::Value = serde_json::from_str(&found.json()).unwrap();
            assert!(json["kind"].is_string() && json["what"].is_string(), "{json}");
        }
    }
}

#[test]
fn differences_say_the_lines_of_both() {
    let one = Kickstart::parse("lang C\npart / --size=4\n");
    let other = Kickstart::parse("part / --size=5\n\nkeyboard us\n");

    let lines: Vec<_> = one.differences(&other).iter().map(|found| (found.before, found.after)).collect();

    assert_eq!(lines, [(Some(1), None), (Some(2), Some(1)), (None, Some(3))]);
}
