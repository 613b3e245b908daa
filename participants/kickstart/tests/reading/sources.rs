//! Where packages come from, and which.

use img_kickstart::{GroupInclude, Kickstart, PackageGroup, PackageOptions, Packages, Repo, Secret};

use crate::{WHOLE, named, some, texts};

#[test]
fn repos_are_read() {
    let oss = Repo {
        line: 13,
        name: "oss".into(),
        baseurl: some("http://repo/@ARCH@"),
        save: true,
        debuginfo: true,
        source: true,
        gpgkey: some("file:///k"),
        ssl_verify: false,
        ..Repo::default()
    };
    let more = Repo {
        line: 14,
        name: "more".into(),
        mirrorlist: some("http://m"),
        priority: Some(7),
        cost: Some(-3),
        includepkgs: texts(&["a", "b"]),
        excludepkgs: texts(&["c"]),
        disable: true,
        proxy: some("http://p"),
        proxyuser: some("u"),
        proxypasswd: Some(Secret::new("s")),
        ssl_verify: true,
        ..Repo::default()
    };

    assert_eq!(Kickstart::parse(WHOLE).repos(), [oss, more]);
}

#[test]
fn packages_are_the_sum_of_their_sections() {
    let group = |name: &str, include, line| PackageGroup { name: name.into(), include, line };
    let expected = Packages {
        line: Some(23),
        packages: vec![named("kernel", 26), named("vim*", 35)],
        exclusions: vec![named("nano", 32)],
        groups: vec![group("core", GroupInclude::Default, 24), group("Base System", GroupInclude::All, 25)],
        excluded_groups: vec![named("games", 30)],
        environment: Some(named("minimal", 31)),
        options: PackageOptions {
            excludedocs: true,
            nocore: true,
            ignoremissing: true,
            inst_langs: Some(texts(&["en", "de"])),
            ..PackageOptions::default()
        },
    };

    let ks = Kickstart::parse(WHOLE);

    assert_eq!(ks.packages(), expected);
    assert_eq!(ks.prepackages(), [named("filesystem", 38)]);
    assert_eq!(ks.attachments(), [named("/boot/vmlinuz*", 41), named("kernel", 42)]);
}
