//! What a text means, and what is said about its mistakes.

use std::path::Path;

use config::{Ini, Mistake};

fn parsed(text: &str) -> Ini {
    Ini::parse(Path::new("img.conf"), text).unwrap_or_else(|mistakes| panic!("{mistakes}\nin {text:?}"))
}

fn value(ini: &Ini, section: &str, key: &str) -> Option<String> {
    ini.get(section, key).unwrap().unwrap_or_else(|| panic!("no {key}")).text
}

#[test]
fn a_key_has_the_value_python_gives_it() {
    let table = [
        ("key = value", Some("value")),
        ("KEY: value", Some("value")),
        ("key=a = b : c", Some("a = b : c")),
        ("key =", Some("")),
        ("key", None),
        ("key ; why", None),
        ("key = value ; why", Some("value")),
        ("key = a;b # c", Some("a;b # c")),
        ("key = one\n two\n\tthree", Some("one\ntwo\nthree")),
        ("key = one\n\n  two\n\n\nother = 1", Some("one\n\ntwo")),
        ("key = one\n; no\n  # no\n  two ; no", Some("one\ntwo")),
        ("  key = one\n    two\n  other = 1", Some("one\ntwo")),
        ("key =\n  one\n", Some("\none")),
        ("key = 100%%", Some("100%")),
        ("key = %(OTHER)s/%(root)s\nother = o", Some("o//srv")),
        ("key = %(other)s\nother = <%(more)s>\nmore = %%", Some("<%>")),
        ("root = /here\nkey = %(root)s", Some("/here")),
        ("key = value\r\n  more\r\nother = 1\r\n", Some("value\nmore")),
    ];
    for (text, expected) in table {
        for start in ["", "\u{feff}"] {
            let ini = parsed(&format!("{start}[DEFAULT]\nroot = /srv\n[worker]\n{text}"));

            assert_eq!(value(&ini, "worker", "key").as_deref(), expected, "{text:?}");
        }
    }
}

#[test]
fn sections_and_keys_keep_their_order_and_their_line() {
    let ini = parsed("[web]\nB = 1\na\n[DEFAULT]\nc = 3\n[Web]\n[a]b] and more\nd=4\n[DEFAULT]\ne = 5");

    assert_eq!(ini.sections().collect::<Vec<_>>(), ["web", "Web", "a]b"]);
    assert_eq!(ini.keys("web").collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(ini.keys("DEFAULT").collect::<Vec<_>>(), ["c", "e"]);
    assert_eq!(ini.keys("none").count(), 0);
    assert_eq!(ini.get("Web", "C").unwrap().unwrap().at.to_string(), "img.conf:5");
    assert_eq!(ini.section_at("a]b").unwrap().to_string(), "img.conf:7");
    assert_eq!(ini.get("web", "none"), Ok(None));
}

#[test]
fn a_later_file_wins_and_fills_in_what_an_earlier_one_names() {
    let mut ini = parsed("[DEFAULT]\nroot = /srv\n[worker]\nbase_dir = %(root)s/img\nold = 1\n[web]");
    let later = Ini::parse(Path::new("site.conf"), "[new]\n[worker]\nOld\n[DEFAULT]\nroot = /data").unwrap();

    ini.merge(later);

    assert_eq!(ini.sections().collect::<Vec<_>>(), ["worker", "web", "new"]);
    assert_eq!(ini.keys("worker").collect::<Vec<_>>(), ["base_dir", "old"]);
    assert_eq!(value(&ini, "worker", "base_dir").as_deref(), Some("/data/img"));
    let old = ini.get("worker", "old").unwrap().unwrap();
    assert_eq!((old.text, old.at.to_string()), (None, "site.conf:3".to_owned()));
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = "early = 1\nearly = 2\n[worker]\nkey = secret\nKey = secret\n= none\nbare\n  more\n[open\n[web]\n[worker]\n";

    let mistakes = Ini::parse(Path::new("img.conf"), text).unwrap_err();

    let expected = "\
        img.conf:1: this line belongs to no section: write the name of one above it, as `[name]`\n\
        img.conf:5: `key` is in [worker] a second time: keep this one or that of line 4\n\
        img.conf:6: there is no key in front of the delimiter: write one, or remove the line\n\
        img.conf:8: the line is indented as if it continued `bare` of line 7, which has no value: \
        write `bare =` there, or indent this line less\n\
        img.conf:9: the name of a section ends with `]`: write it as `[name]`\n\
        img.conf:11: section [worker] is here a second time: move its keys to the first one, in line 3";
    assert_eq!(mistakes.to_string(), expected);
}

#[test]
fn a_value_that_cannot_be_filled_in_says_why() {
    let table = [
        (
            "key = %secret",
            2,
            "`key` has a `%` that stands alone: write `%%` for a per cent sign, `%(key)s` for the value of a key",
        ),
        (
            "key = %(b)s\nb = %(",
            3,
            "`b` has a `%` that stands alone: write `%%` for a per cent sign, `%(key)s` for the value of a key",
        ),
        (
            "key = %(no)s",
            2,
            "`key` names `%(no)s`, which is neither in [a] nor in [DEFAULT]: add it there, or write `%%` for a per cent sign",
        ),
        ("key = %(b)s\nb", 2, "`key` names `%(b)s`, which has no value: write `b =` in line 3"),
        ("key = %(Key)s", 2, "`key` contains itself, `key` → `key`: take one `%(…)s` out of the loop"),
        (
            "key = %(b)s\nb = %(c)s\nc = %(b)s",
            3,
            "`b` contains itself, `b` → `c` → `b`: take one `%(…)s` out of the loop",
        ),
    ];
    for (text, line, message) in table {
        let mistake = parsed(&format!("[a]\n{text}")).get("a", "key").unwrap_err();

        let expected = Mistake { file: "img.conf".into(), line: Some(line), message: message.to_owned() };
        assert_eq!(mistake, expected, "{text:?}");
    }
}

#[test]
fn a_value_as_written_keeps_its_percent_signs() {
    let ini = parsed("[ldap]\nldap_dn_template = uid=%(user)s,dc=org");

    assert_eq!(ini.raw("ldap", "LDAP_dn_template").unwrap().text.as_deref(), Some("uid=%(user)s,dc=org"));
}

#[test]
fn values_that_multiply_are_refused_before_they_fill_the_memory() {
    for end in ["", "text"] {
        let link = |n: usize| format!("k{n} = {}\n", format!("%(k{})s", n + 1).repeat(1000));
        let text = format!("[a]\n{}k9 = {end}\n", (0..9).map(link).collect::<String>());

        let mistake = parsed(&text).get("a", "k0").unwrap_err();

        assert!(mistake.message.contains("filled in too often"), "{mistake}");
    }
}

#[test]
fn a_file_of_nothing_but_mistakes_or_names_takes_a_moment() {
    let text = format!("[a]\n{}", "x\n".repeat(500_000));
    let mistakes = Ini::parse(Path::new("img.conf"), &text).unwrap_err();
    assert_eq!(mistakes.0.len(), 51);
    assert_eq!(mistakes.0[50].to_string(), "img.conf: there are 499949 more mistakes; mend these first");

    let names = parsed(&(0..100_000).map(|n| format!("[{n}]\n")).collect::<String>());
    assert_eq!(names.sections().count(), 100_000);
    let long = parsed(&format!("[a]\nk = 1\n{}", " x\n\n".repeat(200_000)));
    assert_eq!(value(&long, "a", "k").unwrap().len(), 1 + 3 * 200_000 - 1);
}

#[test]
fn a_name_cannot_command_the_terminal_that_shows_it() {
    let mistakes =
        Ini::parse(Path::new("img.conf"), &format!("[a]\n\u{1b}[2J{0}\n\u{1b}[2J{0}", "x".repeat(99)));

    let message = mistakes.unwrap_err().to_string();

    assert!(
        message.contains(r"`\u{1b}[2jxxx") && message.contains("x…`") && !message.contains('\u{1b}'),
        "{message}"
    );
}

#[test]
fn debug_output_has_no_password() {
    assert_eq!(format!("{:?}", parsed("[boss]\namqp_pwd = secret")), r#"{"boss": ["amqp_pwd"]}"#);
}
