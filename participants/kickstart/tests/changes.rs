//! Lines are set, taken back and taken out where they stand.

use img_kickstart::{EditError, Kickstart};

/// What is done, before, after.
type Row = (&'static str, &'static str, &'static str);

fn changed(table: &[Row], change: impl Fn(&mut Kickstart, &str) -> Result<bool, EditError>) {
    for (what, before, after) in table {
        let mut ks = Kickstart::parse(before);

        let first = change(&mut ks, what);

        assert_eq!((ks.to_string().as_str(), first), (*after, Ok(before != after)), "{what} in {before:?}");
        assert_eq!(change(&mut ks, what), Ok(false), "{what} twice in {before:?}");
        assert_eq!(ks.to_string(), *after, "{what} twice in {before:?}");
    }
}

#[test]
fn an_option_is_set_where_it_stands() {
    const TABLE: &[Row] = &[
        ("bootloader --timeout=5", "bootloader --timeout=0\n", "bootloader --timeout=5\n"),
        ("bootloader --timeout=5", "bootloader --timeout 0 # x\n", "bootloader --timeout 5 # x\n"),
        ("bootloader --timeout=5", "bootloader\t--timeo=0\r\nx\r\n", "bootloader\t--timeo=5\r\nx\r\n"),
        ("bootloader --timeout=5", "bootloader \"--timeout=0\"\n", "bootloader --timeout=5\n"),
        ("bootloader --timeout=5", "bootloader '--timeout' '0'\n", "bootloader '--timeout' 5\n"),
        ("bootloader --append='a b'", "bootloader --append=\"x y\"#c", "bootloader --append=\"a b\"#c"),
        ("bootloader --append='a b'", "bootloader --append=\"a b\"\n", "bootloader --append=\"a b\"\n"),
        ("bootloader --append=a", "bootloader --timeout=1 # c\n", "bootloader --timeout=1 --append=a # c\n"),
        ("bootloader --append=a", "bootloader --timeout 1\n", "bootloader --timeout 1 --append a\n"),
        (
            "bootloader --append=a",
            "bootloader --append=b\nbootloader\n",
            "bootloader --append=b\nbootloader --append=a\n",
        ),
        (
            "bootloader --append=a",
            "lang C\nuser --name=a\n",
            "lang C\nbootloader --append=a\nuser --name=a\n",
        ),
        ("bootloader --append=a", "", "bootloader --append=a\n"),
        ("part / --size=5", "part /home\npart /\n", "part /home\npart / --size=5\n"),
        ("part / --size=5", "partition / --size=4\n", "partition / --size=5\n"),
        ("part /home --size=5", "part /\nbootloader\n", "part /\npart /home --size=5\nbootloader\n"),
        ("part / --grow", "part / --grow --size=1\n", "part / --grow --size=1\n"),
        ("repo --name=a --save", "repo --baseurl=b --name a\n", "repo --baseurl=b --name a --save\n"),
        (
            "user --name=a --uid=7",
            "user --name=b\nuser --name=a\n# e\n",
            "user --name=b\nuser --name=a --uid=7\n# e\n",
        ),
        ("lang de_DE", "lang C # c\n", "lang de_DE # c\n"),
        ("lang de_DE --addsupport=fr", "lang C\n", "lang de_DE --addsupport=fr\n"),
        ("timezone --utc", "timezone Europe/Berlin\n", "timezone Europe/Berlin --utc\n"),
        ("rootpw --lock", "rootpw secret\n", "rootpw secret --lock\n"),
        ("auth --enableshadow", "auth --useshadow --x\n", "auth --enableshadow\n"),
        ("part / --fstype=xfs", "part / --type ext4\n", "part / --type xfs\n"),
        ("part / --fstype=xfs", "part / --type=xfs\n", "part / --type=xfs\n"),
        ("part / --ondrive=a --ondisk=b", "part / --size=4\n", "part / --size=4 --ondisk=b\n"),
        ("selinux --permissive", "selinux --enforcing # c\n", "selinux --permissive # c\n"),
        ("firewall --disable", "firewall --enabled --ssh\n", "firewall --disable --ssh\n"),
        ("firewall --disable", "firewall --disabled\n", "firewall --disabled\n"),
        ("autopart --type=btrfs", "autopart --nolvm --nohome\n", "autopart --type=btrfs --nohome\n"),
        ("autopart --nolvm", "autopart --type lvm --nohome\n", "autopart --nolvm --nohome\n"),
        ("firewall --service=b", "firewall --service=a\n", "firewall --service=a --service=b\n"),
        ("firewall --service=a --service=b", "firewall\n", "firewall --service=a --service=b\n"),
        ("part / --label='a b'", "part / --label= x y\n", "part / --label=\"a b\"\n"),
        (
            "sshkey --username=root k2",
            "sshkey --username=root k1\n",
            "sshkey --username=root k1\nsshkey --username=root k2\n",
        ),
        ("network --hostname=b", "network --hostname=a\n", "network --hostname=b\n"),
        (
            "network --device=e --ip=1",
            "network --hostname=a\n",
            "network --hostname=a\nnetwork --device=e --ip=1\n",
        ),
        ("lang C", "part /\n", "lang C\npart /\n"),
        ("lang C", "# file\n\n# disk\npart /\n", "# file\n\nlang C\n# disk\npart /\n"),
    ];
    changed(TABLE, Kickstart::set);
}

#[test]
fn an_option_is_taken_back() {
    const TABLE: &[Row] = &[
        ("part / --grow", "part /  --grow --size=1\npart /x --grow\n", "part / --size=1\npart /x --grow\n"),
        ("part / --size --grow", "part / --size 4 --grow # c\n", "part / # c\n"),
        ("part / --size", "part / --siz=4\n", "part /\n"),
        ("part / --fstype", "part / --type=a --grow --fstype b\n", "part / --grow\n"),
        ("part / --size", "part / --grow\n", "part / --grow\n"),
        ("bootloader --append=x", "bootloader --append='a b' --timeout=1\n", "bootloader --timeout=1\n"),
        ("repo --name=a --save", "repo --name=a --save --baseurl=b\n", "repo --name=a --baseurl=b\n"),
        ("firewall --service", "firewall --service=a --ssh --service=b\n", "firewall --ssh\n"),
    ];
    changed(TABLE, Kickstart::unset);
}

#[test]
fn a_line_is_taken_out() {
    const TABLE: &[Row] = &[
        ("part /home", "part /\n# h\npart /home --size=1 # c\npart swap\n", "part /\n# h\npart swap\n"),
        ("repo --name=a", "repo --name=a --baseurl=b\r\nlang C\r\nrepo --name=a --baseurl=c", "lang C\r\n"),
        ("bootloader", "bootloader --timeout=1\n", ""),
        ("user --name=a", "user --name=b\n", "user --name=b\n"),
        (
            "sshkey --username=a k",
            "sshkey --username=a k\nsshkey --username=a l\n",
            "sshkey --username=a l\n",
        ),
    ];
    changed(TABLE, Kickstart::remove);
}

#[test]
fn packages_are_taken_out_of_their_lists() {
    const TABLE: &[Row] = &[
        (
            "vim",
            "%packages\n  vim # c\nvim-x\n-vim\n%end\n%packages\nvim\n%end\n",
            "%packages\nvim-x\n-vim\n%end\n%packages\n%end\n",
        ),
        ("-vim", "%packages\n-vim\nvim\n%end\n", "%packages\nvim\n%end\n"),
        (
            "@Base System",
            "%packages\n@Base  System --optional\n@^Base System\n%end\n",
            "%packages\n@^Base System\n%end\n",
        ),
        ("vim", "%post\nvim\n%end\n", "%post\nvim\n%end\n"),
    ];
    changed(TABLE, |ks, name| ks.remove_packages(&[name]));
}

#[test]
fn sections_stand_in_their_order() {
    const TABLE: &[Row] = &[
        ("%post", "", "%post\ntrue\n%end\n"),
        ("%post", "lang C", "lang C\n\n%post\ntrue\n%end\n"),
        ("%post", "lang C\r\n\r\n", "lang C\r\n\r\n%post\r\ntrue\r\n%end\r\n"),
        ("%pre", "lang C\n\n%post\nx\n%end\n", "lang C\n\n%pre\ntrue\n%end\n\n%post\nx\n%end\n"),
        (
            "%post",
            "%packages\n%end\n\n%post\nx\n%end # c\n\n%pack\n%end",
            "%packages\n%end\n\n%post\nx\n%end # c\n\n%post\ntrue\n%end\n\n%pack\n%end",
        ),
        ("%post --nochroot", "%post\ntrue\n%end\n", "%post\ntrue\n%end\n\n%post --nochroot\ntrue\n%end\n"),
        ("%post", "%post # mine\n  true  \n%end\n", "%post # mine\n  true  \n%end\n\n%post\ntrue\n%end\n"),
    ];
    changed(TABLE, |ks, header| ks.add_section(header, "true\n"));
}

#[test]
fn a_section_goes_with_its_blank_line() {
    let mut ks = Kickstart::parse("lang C\n\n%post\na\n%end\n\n%post\nb\n%end\n\n%pre\nc\n%end\n");

    assert!(ks.remove_section("%post", 1));
    assert_eq!(ks.to_string(), "lang C\n\n%post\na\n%end\n\n%pre\nc\n%end\n");
    assert!(!ks.remove_section("%post", 1));
    assert!(ks.remove_section("%post", 0));
    assert_eq!(ks.to_string(), "lang C\n\n%pre\nc\n%end\n");
    assert_eq!(ks.sections().next().unwrap().line(), 11, "lines are counted as the author counts them");
}

#[test]
fn users_come_and_go() {
    let mut ks = Kickstart::parse("user --name=a\n");

    assert_eq!(ks.add_user("b", &["--groups=audio,video", "--gecos=A Guest"]), Ok(true));
    assert_eq!(ks.add_user("b", &["--gecos=A Guest"]), Ok(false));
    assert_eq!(ks.to_string(), "user --name=a\nuser --name=b --groups=audio,video --gecos=\"A Guest\"\n");
    assert_eq!(ks.remove_user("a"), Ok(true));
    assert_eq!(ks.to_string(), "user --name=b --groups=audio,video --gecos=\"A Guest\"\n");
}

#[test]
fn what_is_no_sound_line_is_refused_with_the_reason() {
    let refused = |change: Result<bool, EditError>| change.unwrap_err().to_string();
    let mut ks = Kickstart::parse("part / --size='1\n");

    assert_eq!(
        refused(ks.set("prat / --size=1")),
        "cannot write `prat / --size=1`: unknown command `prat` (did you mean `part`?)"
    );
    assert_eq!(
        refused(ks.set("part /x --szie=1")),
        "cannot write `part /x --szie=1`: `part` has no option `--szie` (did you mean `--size`?)"
    );
    assert_eq!(refused(ks.set("part --size=1")), "cannot write `part --size=1`: `part` needs a mount point");
    assert_eq!(
        refused(ks.set("repo --name=a")),
        "cannot write `repo --name=a`: `repo` needs `--baseurl` or `--mirrorlist` or `--metalink`"
    );
    assert_eq!(
        refused(ks.set("part / --grow")),
        "cannot write `part / --grow`: the line that is there is broken"
    );
    assert_eq!(refused(ks.unset("part /")), "cannot write `part /`: it names no option");
    assert_eq!(
        refused(ks.unset("part / --szie")),
        "cannot write `part / --szie`: there is no option `--szie`"
    );
    for bad in
        ["", " ", "lang C\nrootpw x", "lang C # c", "%post", "lang 'C", "lang \u{1b}", "%include x", "# x"]
    {
        assert!(ks.set(bad).is_err(), "{bad:?}");
        assert!(ks.remove(bad).is_err(), "{bad:?}");
    }
    for (header, body) in [
        ("%post", "a\n%end\nrootpw x"),
        ("%post", "%pre"),
        ("%post", "%include x"),
        ("%what", ""),
        ("lang C", ""),
        ("%post --x", ""),
        ("%post\n%end\nlang C", ""),
    ] {
        assert!(ks.add_section(header, body).is_err(), "{header:?} {body:?}");
    }
    assert_eq!(ks.to_string(), "part / --size='1\n");
}
