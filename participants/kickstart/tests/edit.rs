//! Edits put lines where a person would.

use img_kickstart::{EditError, Kickstart};

/// Before, after.
type Row = (&'static str, &'static str);

#[test]
fn a_repo_goes_beside_its_like() {
    const TABLE: &[Row] = &[
        ("", "REPO\n"),
        ("lang C", "lang C\nREPO\n"),
        ("lang C\r\n\r\n%packages\r\n%end\r\n", "lang C\r\nREPO\r\n\r\n%packages\r\n%end\r\n"),
        (
            "lang C\nrepo --name=a --baseurl=b\n# disks\npart /\n",
            "lang C\nrepo --name=a --baseurl=b\nREPO\n# disks\npart /\n",
        ),
        (
            "%packages\n%end\nrepo --name=a --baseurl=b\n",
            "%packages\n%end\nrepo --name=a --baseurl=b\nREPO\n",
        ),
        ("# My image\n\n# all\n%packages\n%end\n", "# My image\n\nREPO\n\n# all\n%packages\n%end\n"),
        ("# My image\n%packages\n%end\n", "# My image\n\nREPO\n\n%packages\n%end\n"),
        ("repo --name=new --baseurl=http://old/\n", "repo --name=new --baseurl=http://old/\nREPO\n"),
    ];
    for (before, after) in TABLE {
        let mut ks = Kickstart::parse(before);

        assert_eq!(ks.add_repo("new", "http://r/x", &["--save"]), Ok(true));

        let line = "repo --name=new --baseurl=http://r/x --save";
        assert_eq!(ks.to_string(), after.replace("REPO", line), "{before:?}");
        assert_eq!(ks.add_repo("new", "http://r/x", &["--save"]), Ok(false));
    }
}

#[test]
fn a_repo_that_is_there_is_not_added() {
    let text = "repo --baseurl \"http://r/x\" --name new --priority=3\n";
    let mut ks = Kickstart::parse(text);

    assert_eq!(ks.add_repo("new", "http://r/x", &["--save"]), Ok(false));

    assert_eq!(ks.to_string(), text);
}

#[test]
fn packages_go_to_the_end_of_their_list() {
    const TABLE: &[Row] = &[
        ("", "%packages\nvim\n-nano\n@core\n%end\n"),
        ("lang C\n", "lang C\n\n%packages\nvim\n-nano\n@core\n%end\n"),
        ("lang C\r\n\r\n", "lang C\r\n\r\n%packages\r\nvim\r\n-nano\r\n@core\r\n%end\r\n"),
        (
            "lang C\n\n# last\n%post\n%end\n",
            "lang C\n\n%packages\nvim\n-nano\n@core\n%end\n\n# last\n%post\n%end\n",
        ),
        ("%packages\n%end\n", "%packages\nvim\n-nano\n@core\n%end\n"),
        ("%packages\n\ta\n\n%end\n", "%packages\n\ta\n\tvim\n\t-nano\n\t@core\n\n%end\n"),
        ("%packages\nvim\n@core\n%end", "%packages\nvim\n@core\n-nano\n%end"),
        (
            "%packages\n-vim\n%end\n%packages\nx\n%end\n",
            "%packages\n-vim\nvim\n-nano\n@core\n%end\n%packages\nx\n%end\n",
        ),
        (
            "%packages\nvim\n%end\n%packages\n-vim\n%end\n",
            "%packages\nvim\n%end\n%packages\n-vim\nvim\n-nano\n@core\n%end\n",
        ),
        ("%packages", "%packages\nvim\n-nano\n@core\n"),
        ("%packages\na\n%post\n%end\n", "%packages\na\nvim\n-nano\n@core\n%post\n%end\n"),
    ];
    for (before, after) in TABLE {
        let mut ks = Kickstart::parse(before);

        assert_eq!(ks.add_packages(&["vim", "-nano", "@core"]), Ok(true), "{before:?}");

        assert_eq!(ks.to_string(), *after, "{before:?}");
        assert_eq!(ks.add_packages(&["vim", "-nano", "@core"]), Ok(false), "{before:?}");
    }
}

#[test]
fn of_two_wishes_in_one_edit_the_last_counts() {
    let mut ks = Kickstart::parse("%packages\n%end\n");

    ks.add_packages(&["vim", "-vim", "nano", "nano"]).unwrap();

    assert_eq!(ks.to_string(), "%packages\n-vim\nnano\n%end\n");
}

#[test]
fn groups_get_their_at_sign() {
    let mut ks = Kickstart::parse("%packages\n@Base  System\n%end\n");

    ks.add_groups(&["core", "@Base System", "-@games", "-X Window", "@extra --optional", "^minimal"])
        .unwrap();

    assert_eq!(
        ks.to_string(),
        "%packages\n@Base  System\n@core\n-@games\n-@X Window\n@extra --optional\n@^minimal\n%end\n"
    );
}

#[test]
fn nothing_is_added_without_names() {
    let mut ks = Kickstart::parse("lang C\n");

    assert_eq!((ks.add_packages(&[]), ks.add_groups(&[])), (Ok(false), Ok(false)));
    assert_eq!(ks.to_string(), "lang C\n");
}

#[test]
fn a_value_is_quoted_when_that_is_enough() {
    let mut ks = Kickstart::parse("");

    ks.add_repo("a b", "http://r/\"x\\#", &["--gpgkey=file:///a 'b", "--priority=-1"]).unwrap();

    assert_eq!(
        ks.to_string(),
        "repo --name=\"a b\" --baseurl=\"http://r/\\\"x\\\\#\" --gpgkey=\"file:///a 'b\" --priority=-1\n"
    );
    let repo = ks.repos().remove(0);
    assert_eq!((&repo.name[..], repo.baseurl.as_deref()), ("a b", Some("http://r/\"x\\#")));
    assert_eq!((repo.gpgkey.as_deref(), repo.priority), (Some("file:///a 'b"), Some(-1)));
}

#[test]
fn a_value_that_breaks_out_of_its_line_is_refused() {
    for bad in ["a\nrootpw x", "a\rb", "a\0", "\u{1b}[2J", "a\u{85}b", "a\u{2028}b", "", " "] {
        let mut ks = Kickstart::parse("lang C\n");

        assert!(ks.add_repo(bad, "http://r/", &[]).is_err(), "{bad:?}");
        assert!(ks.add_repo("r", bad, &[]).is_err(), "{bad:?}");
        assert!(ks.add_repo("r", "http://r/", &[&format!("--gpgkey={bad}\n")]).is_err(), "{bad:?}");
        assert!(ks.add_packages(&["vim", bad]).is_err(), "{bad:?}");
        assert!(ks.add_groups(&[bad]).is_err(), "{bad:?}");
        assert_eq!(ks.to_string(), "lang C\n", "{bad:?}");
    }
}

#[test]
fn a_name_that_means_something_else_in_a_list_is_refused() {
    for bad in ["%end", "%post", "#x", "a#b", "a b", "-", "@", "--x", "-%end", "@a --bad", "@@x", "@^"] {
        let refused = EditError::NotAName { what: "package", value: bad.to_owned() };
        assert_eq!(Kickstart::parse("").add_packages(&[bad]), Err(refused), "{bad:?}");
    }
}

#[test]
fn only_options_of_repo_are_taken() {
    for bad in ["save", "--sav", "--save=1", "--gpgkey", "--priority=x", "--save --disable", "-s", "--size=4"]
    {
        let refused = EditError::NotAnOption { command: "repo", option: bad.to_owned() };
        assert_eq!(Kickstart::parse("").add_repo("a", "b", &[bad]), Err(refused), "{bad:?}");
    }
}

#[test]
fn an_end_without_a_section_keeps_its_place_among_lines_that_come_and_go() {
    for text in ["user --name=u\n%end\n", "%end\nuser --name=u\n", "lang C\n%end\nuser --name=u\n%end\n"] {
        let (mut first, mut second) = (Kickstart::parse(text), Kickstart::parse(text));
        assert_eq!((first.remove_user("u"), first.set("part / --size=9")), (Ok(true), Ok(true)));
        assert_eq!((second.set("part / --size=9"), second.remove_user("u")), (Ok(true), Ok(true)));
        assert_eq!(first.to_string(), second.to_string(), "{text:?}");
    }
}
