//! What is read is printed byte for byte, whatever it is.

use img_kickstart::{Kickstart, check, expand_tokens, tokens};
use proptest::prelude::*;

const STRANGE: &[&str] = &[
    "",
    "\n",
    "\r\n",
    "lang C",
    "lang C\r\n\tpart   /  --size=1 # c\r\n",
    "%packages\nvim\n%end",
    "%packages",
    "%post\n\n\n  %end  \n\u{0}\n",
    "%end\n%end\n%",
    "a 'b\nc' d\n",
    "%post\nsome \u{2028} text \r\n%end # tail\nrest",
];

#[test]
fn what_is_read_is_printed_byte_for_byte() {
    for text in STRANGE {
        assert_eq!(Kickstart::parse(text).to_string(), *text);
    }
}

#[test]
fn sections_keep_their_text_exactly() {
    let ks = Kickstart::parse("%post --nochroot\r\n\ta  \r\n# b\r\n\r\n%end\r\n%pack\n%end");

    let bodies: Vec<_> =
        ks.sections().map(|section| (section.line(), section.body, section.end_line)).collect();

    assert_eq!(bodies, [(1, &b"\ta  \r\n# b\r\n\r\n"[..], Some(5)), (6, b"", Some(7))]);
}

#[test]
fn a_section_may_be_named_in_quotes_as_for_pykickstart() {
    let ks = Kickstart::parse("\\%post --nochroot\na\n%end\n'%packages'\nvim\n%end\n'' x\n\"lang\" C\n");

    assert_eq!(
        ks.sections().map(|section| section.name().to_owned()).collect::<Vec<_>>(),
        ["%post", "%packages"]
    );
    assert_eq!(ks.packages().packages[0].name, "vim");
    assert_eq!(ks.commands().map(|command| command.name().to_owned()).collect::<Vec<_>>(), ["", "lang"]);
}

#[test]
fn a_section_ends_where_the_next_one_starts() {
    let ks = Kickstart::parse("%post\na\n%packages\nb\n%end\nlang C\n");

    let sections: Vec<_> =
        ks.sections().map(|section| (section.name().to_owned(), section.body, section.end_line)).collect();

    assert_eq!(
        sections,
        [("%post".to_owned(), &b"a\n"[..], None), ("%packages".to_owned(), b"b\n", Some(5))]
    );
    assert_eq!(ks.commands().map(|command| command.line).collect::<Vec<_>>(), [6]);
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let text = b"lang C # \xff\n%post\n\xfe\0\xc3\n%end\n%packages\n\tvim # \xe9\n%end\r\n# \x80";

    let mut ks = Kickstart::parse(text);
    assert_eq!(ks.as_bytes(), text);
    assert_eq!(ks.scripts()[0].text, b"\xfe\0\xc3\n");
    assert_eq!(check(&ks), [], "comments and scripts may hold what they like");

    ks.add_packages(&["nano"]).unwrap();
    let after = b"lang C # \xff\n%post\n\xfe\0\xc3\n%end\n%packages\n\tvim # \xe9\n\tnano\n%end\r\n# \x80";
    assert_eq!(ks.into_bytes(), after);
}

/// Pieces of kickstarts, so that random texts have something to do with the language.
fn kickstart() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("%packages\n".to_owned()),
        Just("%packages --nocore\r\n".to_owned()),
        Just("%post".to_owned()),
        Just("%end\n".to_owned()),
        Just("%end\r\n".to_owned()),
        Just("repo --name=a --baseurl=b\n".to_owned()),
        Just("part / --size=\"4\n".to_owned()),
        Just("  vim\n".to_owned()),
        Just("-vim\n".to_owned()),
        Just("@core\n".to_owned()),
        Just("# comment\n".to_owned()),
        Just("\n".to_owned()),
        "[ -~\\n]{0,12}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["-?@?\\^?[a-c]", "-?@?[a-z ]{1,4}", any::<String>()]
}

/// Pieces of kickstarts with bytes between them that are no text.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece =
        prop_oneof![kickstart().prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..6)];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_undoes_reading(text in bytes()) {
        let ks = Kickstart::parse(&text);
        prop_assert_eq!(ks.as_bytes(), &text[..]);
        for found in check(&ks) {
            found.render("a.ks", &text);
            prop_assert!(found.line >= 1 && found.column >= 1 && found.span.end <= text.len());
        }
        let spans: Vec<_> = ks.items().map(|item| item.span()).collect();
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", spans);
    }

    #[test]
    fn an_edit_of_any_bytes_only_puts_text_in(text in bytes(), name in name()) {
        let mut ks = Kickstart::parse(&text);
        let _ = ks.add_packages(&[&name]);
        let _ = ks.add_repo(&name, "http://repo.example/", &[]);
        let mut rest = ks.as_bytes().iter();
        prop_assert!(text.iter().all(|byte| rest.any(|kept| kept == byte)), "{:?}", ks.to_string());
    }

    #[test]
    fn every_view_of_any_text_returns(text in kickstart()) {
        let ks = Kickstart::parse(&text);
        for found in check(&ks) {
            found.render("a.ks", &text);
            prop_assert!(found.line >= 1 && found.column >= 1 && found.span.end <= text.len());
        }
        let _ = (ks.repos(), ks.packages(), ks.partitions(), ks.btrfs(), ks.scripts(), ks.users(), ks.attachments());
        let _ = (tokens(&text), expand_tokens(&text, &[("A".into(), "@B@".into())]));
    }

    #[test]
    fn the_same_edit_twice_changes_nothing_the_second_time(
        text in kickstart(),
        names in prop::collection::vec(name(), 0..5),
        repo in any::<String>(),
    ) {
        let mut ks = Kickstart::parse(&text);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for name in &names {
            let _ = ks.add_groups(&[*name]);
        }
        let _ = ks.add_repo(&repo, &repo, &["--save"]);
        let added = ks.add_packages(&names);
        let once = ks.clone();
        prop_assert_eq!(ks.add_packages(&names), added.map(|_| false));
        if let Ok(changed) = ks.add_repo(&repo, &repo, &["--save"]) {
            prop_assert!(!changed);
        }
        prop_assert_eq!(ks, once);
    }

    #[test]
    fn an_edit_only_puts_text_in(text in kickstart(), name in name()) {
        let mut ks = Kickstart::parse(&text);
        let _ = ks.add_packages(&[&name]);
        let _ = ks.add_repo(&name, "http://repo.example/", &[]);
        let changed = ks.to_string();
        let mut rest = changed.chars();
        prop_assert!(text.chars().all(|c| rest.any(|kept| kept == c)), "{:?} became {:?}", text, ks.to_string());
    }

    #[test]
    fn without_the_added_lines_the_text_and_its_numbers_are_as_before(text in kickstart(), name in name()) {
        let mut ks = Kickstart::parse(&text);
        let _ = ks.add_packages(&[&name]);
        let _ = ks.add_repo("new", "http://repo.example/", &[]);
        let _ = ks.add_groups(&["more"]);
        let changed = ks.to_string();
        let kept = changed.lines().enumerate().filter(|(at, _)| !ks.added_lines().contains(&(at + 1)));
        prop_assert!(kept.map(|(_, line)| line).eq(text.lines()), "{:?} became {:?}", text, ks.to_string());
        let numbered = Kickstart::parse(ks.as_bytes()).numbered_without(ks.added_lines());
        let lines = |ks: &Kickstart| -> Vec<usize> {
            let bodies = ks.sections().flat_map(|section| section.lines().map(|(line, _)| line).collect::<Vec<_>>());
            let all = ks.commands().map(|command| command.line).chain(ks.sections().map(|section| section.line()));
            all.chain(bodies).filter(|line| *line > 0).collect()
        };
        prop_assert_eq!(lines(&numbered), lines(&Kickstart::parse(&text)));
    }

    #[test]
    fn edits_of_different_things_commute(text in kickstart()) {
        let (mut one, mut other) = (Kickstart::parse(&text), Kickstart::parse(&text));
        one.add_repo("new", "http://repo.example/", &[]).unwrap();
        one.add_packages(&["nano"]).unwrap();
        other.add_packages(&["nano"]).unwrap();
        other.add_repo("new", "http://repo.example/", &[]).unwrap();
        prop_assert_eq!(one.to_string(), other.to_string());
    }

    #[test]
    fn what_an_edit_adds_is_read_back(text in kickstart(), name in "[a-z \"'\\\\#é]{1,8}", url in "[a-z:/ \"']{1,8}") {
        let mut ks = Kickstart::parse(&text);
        if ks.add_repo(&name, &url, &["--save"]).is_ok() {
            let found = ks.repos().into_iter().any(|repo| repo.name == name && repo.baseurl.as_deref() == Some(&url[..]));
            prop_assert!(found, "{}", ks);
        }
    }
}
