//! What cannot be built is said before anything runs.

use std::collections::BTreeMap;

use super::*;

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
