//! Volumes that lie on several disks.

use super::life::NEVER;
use super::row::{ANY, Row};
use super::words::{choice, flag, list, number, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "btrfs",
        ANY,
        &[
            text("--base").mic(),
            choice("--data", BTRFS_LEVELS).until(NEVER, 8),
            text("--label").until(NEVER, 8),
            choice("--metadata", BTRFS_LEVELS).until(NEVER, 8),
            text("--mkfsoptions").since(23, 0).until(NEVER, 8),
            text("--name").until(NEVER, 8),
            flag("--noformat").until(NEVER, 8),
            text("--parent").until(NEVER, 8),
            flag("--quota").mic(),
            flag("--snapshot").mic(),
            flag("--subvol").until(NEVER, 8),
            flag("--useexisting").until(NEVER, 8),
        ],
    )
    .by_word()
    .unless(2, &["--noformat", "--useexisting", "--snapshot"])
    .with(&[("--subvol", &["--name"]), ("--snapshot", &["--name"]), ("--snapshot", &["--base"])])
    .many()
    .old(NEVER, 8)
    .until(NEVER, 10),
    Row::new(
        "logvol",
        (1, 1),
        &[
            flag("--backuppassphrase"),
            text("--bytes-per-inode").past(),
            choice("--cachemode", &["writeback", "writethrough"]).since(23, 8),
            list("--cachepvs").since(23, 8),
            number("--cachesize").since(23, 8),
            number("--chunksize"),
            text("--cipher"),
            flag("--encrypted"),
            text("--escrowcert"),
            text("--fsoptions"),
            text("--fsprofile"),
            text("--fstype"),
            flag("--grow"),
            flag("--hibernation"),
            text("--label"),
            text("--luks-version").since(29, 8),
            number("--maxsize"),
            number("--metadatasize"),
            text("--mkfsoptions").since(23, 0),
            text("--name").needed(),
            flag("--noformat"),
            text("--passphrase"),
            text("--pbkdf").since(29, 8),
            number("--pbkdf-iterations").since(29, 8),
            number("--pbkdf-memory").since(29, 8),
            number("--pbkdf-time").since(29, 8),
            number("--percent"),
            text("--poolname"),
            text("--profile"),
            flag("--recommended"),
            flag("--resize"),
            number("--size"),
            flag("--thin"),
            flag("--thinpool"),
            flag("--useexisting"),
            text("--vgname").needed(),
        ],
    )
    .by("--name")
    .one_of(&["--size", "--percent", "--useexisting", "--noformat", "--hibernation"])
    .with(&[
        ("--thin", &["--poolname"]),
        ("--chunksize", &["--thinpool"]),
        ("--metadatasize", &["--thinpool"]),
        ("--resize", &["--useexisting"]),
        ("--resize", &["--size"]),
        ("--cachemode", &["--cachepvs"]),
        ("--cachepvs", &["--cachesize"]),
        ("--cachesize", &["--cachepvs"]),
    ])
    .apart(&[("--noformat", "--mkfsoptions"), ("--fsprofile", "--mkfsoptions"), ("--size", "--percent")])
    .many(),
    Row::new(
        "raid",
        ANY,
        &[
            flag("--backuppassphrase"),
            text("--bytes-per-inode").past(),
            number("--chunksize").since(25, 0),
            text("--cipher"),
            text("--device").needed(),
            flag("--encrypted"),
            text("--escrowcert"),
            text("--fsoptions"),
            text("--fsprofile"),
            text("--fstype"),
            text("--label"),
            choice("--level", RAID_LEVELS),
            text("--luks-version").since(29, 8),
            text("--mkfsoptions").since(23, 0),
            flag("--noformat"),
            text("--passphrase"),
            text("--pbkdf").since(29, 8),
            number("--pbkdf-iterations").since(29, 8),
            number("--pbkdf-memory").since(29, 8),
            number("--pbkdf-time").since(29, 8),
            number("--spares"),
            flag("--useexisting"),
        ],
    )
    .by("--device")
    .one_of(&["--level", "--useexisting", "--noformat"])
    .unless(2, &["--noformat", "--useexisting"])
    .apart(&[("--noformat", "--mkfsoptions"), ("--fsprofile", "--mkfsoptions")])
    .many(),
    Row::new(
        "snapshot",
        (1, usize::MAX),
        &[text("--name").needed(), choice("--when", &["post-install", "pre-install"]).needed()],
    )
    .by("--name")
    .many()
    .since(26, 0),
    Row::new(
        "stratisfs",
        (1, 1),
        &[
            flag("--grow"),
            number("--maxsize"),
            text("--name").needed(),
            text("--poolname").needed(),
            number("--size"),
            flag("--useexisting"),
        ],
    )
    .by("--name")
    .with(&[("--maxsize", &["--grow"])])
    .many()
    .since(45, 11),
    Row::new(
        "stratispool",
        (1, usize::MAX),
        &[flag("--encrypted"), flag("--overprovisioning"), text("--passphrase"), flag("--useexisting")],
    )
    .by_word()
    .unless(2, &["--useexisting"])
    .with(&[("--passphrase", &["--encrypted"])])
    .many()
    .since(45, 11),
    Row::new(
        "volgroup",
        (1, usize::MAX),
        &[
            flag("--noformat"),
            number("--pesize"),
            number("--reserved-percent"),
            number("--reserved-space"),
            flag("--useexisting"),
        ],
    )
    .by_word()
    .unless(2, &["--noformat", "--useexisting"])
    .many(),
];

const RAID_LEVELS: &[&str] =
    &["RAID0", "RAID1", "RAID4", "RAID5", "RAID6", "RAID10", "0", "1", "4", "5", "6", "10"];

const BTRFS_LEVELS: &[&str] = &["raid0", "raid1", "raid10", "single", "0", "1", "10"];
