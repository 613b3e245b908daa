//! Tokens are found and replaced; names come from URLs.

use img_kickstart::{expand_tokens, repo_name_from_url, tokens};

#[test]
fn only_known_tokens_are_replaced_and_once() {
    let values = [("ARCH", "i586"), ("A-1", "x"), ("LOOP", "@LOOP@@ARCH@"), ("ARCH", "second")];
    let values: Vec<(String, String)> =
        values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    const TABLE: &[(&str, &str)] = &[
        ("", ""),
        ("@ARCH@", "i586"),
        ("a@ARCH@b@ARCH@", "ai586bi586"),
        ("@OTHER@ @arch@", "@OTHER@ @arch@"),
        ("@OTHER@ARCH@", "@OTHERi586"),
        ("@ARCH@ARCH@", "i586ARCH@"),
        ("@A-1@", "x"),
        ("@LOOP@", "@LOOP@@ARCH@"),
        ("@@ARCH@@", "@i586@"),
        ("@ARCH @ARCH\n@", "@ARCH @ARCH\n@"),
        ("é@ARCH@é", "éi586é"),
    ];
    for (text, expanded) in TABLE {
        assert_eq!(expand_tokens(text, &values), *expanded, "{text:?}");
    }
}

#[test]
fn tokens_are_listed_with_their_lines() {
    let found = tokens("a @ARCH@\n\n@X_1@ @@ @1@ me@host.example\n@core\n@b@");

    let found: Vec<_> = found.iter().map(|token| (&token.name[..], token.line, token.span.clone())).collect();

    assert_eq!(found, [("ARCH", 1, 2..8), ("X_1", 3, 10..15), ("b", 5, 45..48)]);
}

#[test]
fn a_repository_is_named_by_the_path_of_its_url() {
    const TABLE: &[(&str, &str)] = &[
        ("http://host/a/b", "_a_b"),
        ("http://host:82/Core:/Extra/latest_i586/", "_Core_Extra_latest_i586_"),
        ("https://host/@RELEASE@/oss/@ARCH@?x=/y#z", "___oss__"),
        ("http://host", ""),
        ("/srv/repo", "_srv_repo"),
        ("file:///srv/repo", "_srv_repo"),
    ];
    for (url, name) in TABLE {
        assert_eq!(repo_name_from_url(url), *name, "{url}");
    }
}
