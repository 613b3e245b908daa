use std::collections::BTreeMap;

use imaging::{Arch, BuildRequest, ImageId, ImageName, ImageType};

use super::*;

pub(crate) const BASE: &str = "repo --name=base --baseurl=http://repo.example/x\n%packages\nbash\n%end\n";

pub(crate) fn request(image_type: ImageType, kickstart: &str) -> BuildRequest {
    BuildRequest {
        image_id: ImageId::reduce("x").unwrap(),
        name: ImageName::parse("demo").unwrap(),
        image_type,
        arch: Arch::host().unwrap(),
        kickstart: kickstart.into(),
        added_lines: Vec::new(),
        tokens: vec![("SIZE".into(), "100".into())],
        extra_opts: vec![],
        post_creation: None,
        folder: "/x".into(),
        log: "/x/log".into(),
    }
}

fn raw(lines: &str) -> Result<Plan, String> {
    plan(&request(ImageType::Raw, &format!("{BASE}{lines}\n")))
}

#[test]
fn what_cannot_be_done_is_said_before_anything_runs() {
    let lines: BTreeMap<&str, &str> = [
        ("part /home --size=10", "no `part` line is for `/`: add one, such as `part / --size=400 --fstype=ext4`"),
        ("part / --size=10\npart /a --size=1\npart /a/ --size=2", "partition /a (line 7) is there already on line 6"),
        (
            "part / --size=10 --ondisk=disk/by-id/x",
            "disk \"disk/by-id/x\" (line 5) should have a short name, as sda: the file of its image is called after it",
        ),
        ("part / --size=10 --fstype=vfat", "partition / (line 5) cannot be vfat: there are ext2, ext3, ext4, btrfs"),
        (
            "part / --size=10\npart /b --size=1 --fstype=xfs",
            "partition /b (line 6) cannot be xfs: there are ext2, ext3, ext4, btrfs and vfat",
        ),
        (
            "part / --size=10 --part-type=linux",
            "--part-type=linux (line 5) should be a GUID, as c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
        ),
        ("btrfs / btrfs.01", "btrfs (line 5) needs a partition, as by `part btrfs.01 --size=400`"),
        ("part btrfs.01 --size=200", "partition btrfs.01 (line 5) is for nothing: add a line such as `btrfs / btrfs.01`"),
        (
            "part btrfs.01 --size=200\nbtrfs none --label=x btrfs.01",
            "btrfs (line 6) is mounted nowhere: give it a mount point",
        ),
        (
            "part btrfs.01 --size=200\nbtrfs none --label=x btrfs.01 btrfs.02",
            "btrfs (line 6) is made of one partition here: name one, as `btrfs none --label=x btrfs.01` does",
        ),
        (
            "part btrfs.01 --size=200 --fstype=ext4\nbtrfs / btrfs.01",
            "partition / (line 5) is part of a btrfs and cannot be anything else",
        ),
        (
            "part / --size=9\npart btrfs.01 --size=200\nbtrfs none --label=x btrfs.01\nbtrfs /a --subvol --name=a LABEL=x\n\
             btrfs /bc --subvol --name=b LABEL=x",
            "subvolume /bc (line 9) cannot be made: this machine's mkfs.btrfs makes none, and a folder in its place would \
             have to be below /a",
        ),
        (
            "part / --size=9\nbtrfs /a --subvol --name=a LABEL=x",
            "subvolume (line 6) should name its volume, as LABEL=x of `btrfs none --label=x btrfs.01`",
        ),
        ("part / --size=10\npart swap", "partition swap (line 6) needs a --size"),
        (
            "part pv.01 --size=10",
            "partition pv.01 (line 5) cannot be made; a mount point, swap, biosboot or btrfs.… can",
        ),
        (
            "part / --size=10 --onpart=sda1",
            "partition / (line 5) cannot have --onpart: an image is a new disk",
        ),
        (
            "part / --size=10 --label=thislabelismuchtoolong",
            "label \"thislabelismuchtoolong\" (line 5) should be at most 16 plain characters without blanks",
        ),
        (
            "part /../x --size=10",
            "mount point \"/../x\" (line 5) should be a path from / without dots",
        ),
        (
            "part / --size=3000000",
            "the partitions are 3000000 MB together, and a disk has at most 2097152 MB; with `bootloader --ptable=gpt` \
             it may have more",
        ),
        (
            "part / --size=30000000\nbootloader --ptable=gpt",
            "the partitions are 30000000 MB together, and a disk has at most 16777216 MB",
        ),
        (
            "part / --size=1\npart /a --size=1\npart /b --size=1\npart /c --size=1\npart /d --size=1 --asprimary",
            "partition /d (line 9) cannot be --asprimary: of more than four, the first three are primary",
        ),
        (
            "repo --name=b --baseurl=file:///../x",
            "repository b (line 5): the address file:///../x should not have `..` in it",
        ),
        (
            "repo --name=b --baseurl=gopher://x",
            "repository b (line 5): the address gopher://x should begin with http://, https://, ftp:// or file:///",
        ),
        (
            "repo --name=b --baseurl=http://x/$releasever",
            "repository b (line 5): nothing says what $releasever is; write the number in its place",
        ),
        (
            "%packages\n/root/x.rpm\n%end",
            "package \"/root/x.rpm\" (line 6) should be the name of a package in a repository, not a file or an address",
        ),
        (
            "%packages\nhttp://x/y\n%end",
            "package \"http://x/y\" (line 6) should be the name of a package in a repository, not a file or an address",
        ),
        (
            "%post --interpreter=python\n%end",
            "interpreter \"python\" (line 5) should be an absolute path",
        ),
    ]
    .into();
    for (lines, sentence) in lines {
        assert_eq!(raw(lines).unwrap_err(), sentence, "{lines}");
    }
}

#[test]
fn a_kickstart_that_is_wrong_is_refused_with_line_and_column() {
    assert!(raw("part / --size=big").unwrap_err().starts_with("line 5, column 15: "));
    assert!(raw("nosuchcommand").unwrap_err().starts_with("line 5, column 1: "));
    assert!(raw("%post\ntrue").unwrap_err().starts_with("line 5, column 1: "));
}

#[test]
fn a_kickstart_without_sources_or_packages_says_what_to_add() {
    let of = |kickstart| plan(&request(ImageType::Fs, kickstart)).unwrap_err();

    assert!(
        of("%packages\nbash\n%end\n").starts_with("the kickstart names no repository: add a line such as")
    );
    assert_eq!(
        of("url --url=http://x/os\n%packages\nbash\n%end\n"),
        "the kickstart names no repository: add a line such as `repo --name=base --baseurl=http://x/os`"
    );
    assert!(of("repo --name=b --baseurl=http://x\n").starts_with("the kickstart asks for no packages"));
}

#[test]
fn only_what_is_made_here_is_planned() {
    for (form, sentence) in [
        (ImageType::Nand, "nand images are only made by mic"),
        (ImageType::Mrstnand, "mrstnand images are only made by mic"),
    ] {
        assert_eq!(plan(&request(form, BASE)).unwrap_err(), sentence);
    }
}

#[test]
fn options_say_what_an_fs_image_is_packed_into() {
    let of = |form, options: &[&str]| {
        let extra_opts = options.iter().map(ToString::to_string).collect();
        let request = BuildRequest { extra_opts, ..request(form, BASE) };
        plan(&request).map(|plan| plan.form)
    };
    let packed = |form: Result<Form, String>| match form.unwrap() {
        Form::Fs(pack) => (pack.file, pack.into),
        other => panic!("{other:?}"),
    };

    for (options, file, into) in [
        (&[][..], "demo.tar.gz", Into::Tar(Some(Compression::Gzip))),
        (&["--pack-to=a.tar.zst"], "a.tar.zst", Into::Tar(Some(Compression::Zstd))),
        (&["--pack-to=a.tar.bz2"], "a.tar.bz2", Into::Tar(Some(Compression::Bzip2))),
        (&["--pack-to=a.tar.xz"], "a.tar.xz", Into::Tar(Some(Compression::Xz))),
        (&["--pack-to", "@NAME@.tar"], "demo.tar", Into::Tar(None)),
        (&["--pack-to=@NAME@.zip"], "demo.zip", Into::Zip),
        (&["--pack-to=@NAME@/"], "demo", Into::Folder),
    ] {
        assert_eq!(packed(of(ImageType::Fs, options)), (file.into(), into), "{options:?}");
    }
    for (options, sign) in [
        (&["--pack-to=../x.tar"][..], "--pack-to=../x.tar should be a file name that ends in"),
        (&["--pack-to=x.7z"], "--pack-to=x.7z should be a file name that ends in"),
        (&["--pack-to=../"], "--pack-to=../ should be a file name that ends in"),
        (&["--pack-to=a/b/"], "--pack-to=a/b/ should be a file name that ends in"),
        (&["--pack-to=/"], "--pack-to=/ should be a file name that ends in"),
        (&["--pack-to"], "the option --pack-to needs a file name"),
        (&["--strict=yes"], "the option --strict takes no value: write --strict alone"),
        (&["--release"], "the option --release needs a name"),
        (&["--release="], "--release= should be one short name"),
        (&["--release=../x"], "--release=../x should be one short name"),
        (&["--source-date-epoch"], "the option --source-date-epoch needs seconds since 1970"),
        (&["--source-date-epoch="], "--source-date-epoch= should be a number of seconds since 1970"),
        (&["--source-date-epoch=-1"], "--source-date-epoch=-1 should be a number of seconds since 1970"),
        (&["--source-date-epoch", "2026-11-26"], "--source-date-epoch=2026-11-26 should be a number"),
    ] {
        let error = of(ImageType::Fs, options).unwrap_err();
        assert!(error.starts_with(sign), "{error}");
    }
}

#[test]
fn what_has_no_effect_is_an_error_for_the_strict() {
    let strict = |lines: &str| {
        let request = request(ImageType::Raw, &format!("{BASE}part / --size=9\n{lines}\n"));
        plan(&BuildRequest { extra_opts: vec!["--strict".into()], ..request })
    };

    assert!(strict("lang fi_FI").unwrap().strict);
    assert_eq!(
        strict("vnc\nlang x --addsupport=y").unwrap_err(),
        "line 6: `vnc` has no effect; line 7: `lang`: --addsupport has no effect; --strict takes that for an error"
    );
}

#[test]
fn what_has_no_effect_is_said_with_its_line() {
    let plan = raw(
        "vnc\npart / --size=@SIZE@ --recommended --fsprofile=x\nnetwork --hostname=a --device=eth0 --wpakey=x\n\
         %onerror\ntrue\n%end",
    )
    .unwrap();

    assert_eq!(
        plan.warnings,
        [
            "line 5: `vnc` has no effect",
            "line 6: `part`: --recommended, --fsprofile have no effect",
            "line 7: `network`: --wpakey has no effect",
            "line 7: `network`: this builder makes no bonds, bridges, teams, VLANs or wireless devices, so the line makes none",
            "line 8: `%onerror` has no effect",
        ]
    );
    assert_eq!(plan.form.layout().unwrap().at("/").unwrap().size, Size::Fixed(100));
    let no_disk =
        super::plan(&request(ImageType::Fs, &format!("{BASE}part / --size=1\nbootloader\n"))).unwrap();
    assert_eq!(
        no_disk.warnings,
        ["line 5: `part` has no effect in fs images", "line 6: `bootloader` has no effect in fs images"]
    );
}

#[test]
fn what_is_no_use_beside_another_word_is_said() {
    let plan = raw(
        "part / --size=9\nnetwork --device=a --bootproto=dhcp --ip=10.0.0.1 --netmask=255.0.0.0\n\
         network --device=b --noipv4 --ip=10.0.0.1 --noipv6 --ipv6=fd00::1 --ipv6gateway=fd00::2\n\
         network --device=c --ipv6=auto --ipv6gateway=fd00::2\nnetwork --device=d --bootproto=static --ip=10.0.0.1\n\
         %post --nochroot --log=/tmp/x\ntrue\n%end",
    )
    .unwrap();

    assert_eq!(
        plan.warnings,
        [
            "line 6: `network`: --ip has no effect with --bootproto=dhcp",
            "line 6: `network`: --netmask has no effect with --bootproto=dhcp",
            "line 7: `network`: --ip has no effect with --noipv4",
            "line 7: `network`: --ipv6 has no effect with --noipv6",
            "line 7: `network`: --ipv6gateway has no effect with --noipv6",
            "line 8: `network`: --ipv6gateway has no effect with --ipv6=auto",
            "line 10: `%post`: --log=/tmp/x has no effect; the log of the build has what it printed",
        ]
    );
}

#[test]
fn names_of_packages_fit_on_a_command_line() {
    let of = |lines: &str| raw(&format!("part / --size=9\n%packages\n{lines}\n%end")).unwrap_err();
    let many: String = (0..4000).map(|number| format!("a{number}\n-b{number}\n")).collect();

    assert_eq!(
        of(&many),
        "the kickstart names 8001 packages: at most 8000 fit; name groups or patterns as kernel*"
    );
    for long in ["x", "@x", "-x"].map(|start| format!("{start}{}", "x".repeat(1000))) {
        let said = of(&long);
        assert!(said.ends_with("xxx…\" (line 7) is too long: no name has more than 1000 bytes"), "{said}");
    }
}

#[test]
fn a_release_is_known_by_the_tokens_of_mic() {
    let of = |options: &[&str], tokens: &[(&str, &str)]| {
        let kickstart = "repo --name=base --baseurl=http://x/@RELEASE@/@BUILD_ID@\n%packages\nbash\n%end\n%post\ntrue\n%end\n";
        let extra_opts = options.iter().map(ToString::to_string).collect();
        let tokens = tokens.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let request = BuildRequest { extra_opts, tokens, ..request(ImageType::Fs, kickstart) };
        let request = with_tokens(&request).unwrap();
        (plan(&request).unwrap().sources[0].url.clone(), request.tokens)
    };
    let both = |release: &str, build: &str| {
        vec![("RELEASE".to_owned(), release.to_owned()), ("BUILD_ID".to_owned(), build.to_owned())]
    };

    assert_eq!(of(&["--release=4.5"], &[]), ("http://x/4.5/4.5".into(), both("4.5", "4.5")));
    assert_eq!(of(&["--release=4.5"], &[("RELEASE", "4")]), ("http://x/4/4.5".into(), both("4", "4.5")));
    assert_eq!(of(&[], &[]), ("http://x/@RELEASE@/@BUILD_ID@".into(), vec![]));
}

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

#[test]
fn file_systems_are_mounted_outer_ones_first() {
    let plan = raw("part /var/log --size=9\npart swap --size=8\npart / --size=10 --fsoptions=noatime,ro\npart /boot --size=9 --fstype=vfat").unwrap();
    let layout = plan.form.layout().unwrap();

    let text = fstab(layout);

    let fields: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(' ').skip(1).collect()).collect();
    assert_eq!(
        fields,
        [
            ["/", "ext4", "noatime,ro", "0", "1"],
            ["/boot", "vfat", "defaults", "0", "0"],
            ["/var/log", "ext4", "defaults", "0", "2"],
            ["none", "swap", "defaults", "0", "0"],
        ]
    );
}

#[test]
fn a_disk_has_the_table_it_needs_unless_one_is_asked_for() {
    const DATA: &str = "--part-type=933ac7e1-2eb4-4f13-b844-0e14e2aef915";
    for (lines, table, warnings) in [
        ("part / --size=9", Table::Dos, &[][..]),
        ("part / --size=9\nbootloader --ptable=gpt", Table::Gpt, &[]),
        ("part / --size=9\npart /boot/efi --size=9 --fstype=vfat", Table::Gpt, &[]),
        ("part / --size=9\npart /boot --size=9 --fstype=efi", Table::Gpt, &[]),
        ("part / --size=9\npart biosboot --size=1 --fstype=biosboot", Table::Gpt, &[]),
        (&format!("part / --size=9 {DATA}"), Table::Gpt, &[]),
        (
            &format!("part / --size=9 {DATA}\npart biosboot --size=1\nbootloader --ptable=msdos"),
            Table::Dos,
            &[
                "line 5: `part`: --part-type has no effect with --ptable=msdos",
                "line 6: `part`: biosboot has no effect with --ptable=msdos",
            ],
        ),
        (
            "part /boot/efi --size=9 --fstype=vfat\npart / --size=9\nbootloader --ptable=msdos",
            Table::Dos,
            &[],
        ),
    ] {
        let plan = raw(lines).unwrap();
        assert_eq!(
            (plan.form.layout().unwrap().table, &plan.warnings[..]),
            (table, &warnings.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
            "{lines}"
        );
    }
}

#[test]
fn subvolumes_are_folders_of_their_volume_and_said_to_be() {
    let plan =
        raw("part btrfs.7 --size=300 --ondisk=sdb\npart /boot --size=40\nbtrfs none --label=sys btrfs.7\n\
         btrfs / --subvol --name=root LABEL=sys\nbtrfs /home --subvol --name=home LABEL=sys")
        .unwrap();

    let layout = plan.form.layout().unwrap();
    let root = layout.at("/").unwrap();
    assert_eq!((root.file_system, root.label.as_deref()), (FileSystem::Btrfs, Some("sys")));
    assert!(layout.at("/home").is_none());
    assert_eq!(
        plan.warnings,
        [
            "line 8: `btrfs`: --subvol, --name have no effect",
            "line 9: `btrfs`: --subvol, --name have no effect",
            "line 8: this machine's mkfs.btrfs makes no subvolumes; / is the top of the btrfs at /",
            "line 9: this machine's mkfs.btrfs makes no subvolumes; /home is a folder of the btrfs at /",
        ]
    );
}
