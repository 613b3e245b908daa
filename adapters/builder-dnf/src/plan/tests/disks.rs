//! What becomes of partitions.

use super::*;

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
