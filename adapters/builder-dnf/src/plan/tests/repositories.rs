//! What dnf is told of the repositories.

use super::*;

#[test]
fn no_repository_is_called_as_dnf_must_not_be_told() {
    let long = "x".repeat(300);
    let plan = raw(&format!(
        "part / --size=9\nrepo --name=main --baseurl=http://a:b@x/ --gpgkey=http://c:d@x/k --proxy=http://e:f@p:1 --save\n\
         repo --name={long}1 --baseurl=http://x/\nrepo --name={long}2 --baseurl=http://x/"
    ))
    .unwrap();

    let ids: Vec<_> = plan.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["base", "main_", &"x".repeat(100), &format!("{}_", "x".repeat(100))]);
    assert_eq!(plan.sources[1].passwords(), ["a:b@", "c:d@", "e:f@"]);
    assert_eq!(
        plan.sources[1].saved_section().unwrap(),
        "[main_]\nname=main\nbaseurl=http://x/\ngpgkey=http://x/k\ngpgcheck=1\nenabled=1\n"
    );
}

#[test]
fn a_repository_becomes_one_section_that_no_value_can_leave() {
    let plan = raw(
        "repo --name=\"My Repo\" --mirrorlist=https://x/$basearch --cost=5 --priority=2 --excludepkgs=a,b --ssl_verify=no \
         --proxy=http://p:1 --proxyuser=me --proxypasswd=secret --save",
    )
    .unwrap();

    let source = &plan.sources[1];
    assert_eq!(
        source.section(),
        "[My_Repo]\nname=My Repo\nmirrorlist=https://x/$basearch\ngpgcheck=0\nsslverify=0\npriority=2\ncost=5\n\
         excludepkgs=a b\nproxy=http://p:1\nproxy_username=me\nproxy_password=secret\nenabled=1\n"
    );
    let saved = source.saved_section().unwrap();
    assert!(
        saved.starts_with("[My_Repo]\n") && saved.ends_with("\nenabled=1\n") && !saved.contains("proxy"),
        "{saved}"
    );
    let local = raw("repo --name=b --baseurl=file:///a%20b,c").unwrap().sources.remove(1);
    assert_eq!(local.folder().unwrap().to_str(), Some("/a b,c"));
    assert!(local.section().contains("\nbaseurl=file:///repositories/b\n"));
    assert!(raw("repo --name=b --baseurl=\"http://x/\u{1}y\"").is_err());
}
