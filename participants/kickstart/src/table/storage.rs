//! Disks, partitions and file systems.

use super::life::NEVER;
use super::row::{ANY, NONE, Opt, Row};
use super::words::{choice, exact, flag, list, number, optional, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "autopart",
        NONE,
        &[
            flag("--backuppassphrase"),
            text("--cipher"),
            flag("--encrypted"),
            text("--escrowcert"),
            text("--fstype"),
            flag("--hibernation").since(38, 10),
            text("--hw-passphrase").since(41, 11),
            text("--luks-version").since(29, 8),
            flag("--noboot").since(26, 8),
            flag("--nohome").since(26, 0),
            flag("--nolvm").turns("type"),
            flag("--noswap").since(26, 8),
            text("--passphrase"),
            text("--pbkdf").since(29, 8),
            number("--pbkdf-iterations").since(29, 8),
            number("--pbkdf-memory").since(29, 8),
            number("--pbkdf-time").since(29, 8),
            choice("--type", &["lvm", "btrfs", "plain", "thinp", "stratis"]).turns("type"),
        ],
    ),
    Row::new(
        "clearpart",
        NONE,
        &[
            flag("--all").turns("type"),
            flag("--cdl").since(28, 0),
            text("--disklabel"),
            list("--drives"),
            flag("--initlabel"),
            flag("--linux").turns("type"),
            list("--list"),
            flag("--none").turns("type"),
        ],
    ),
    Row::new("dmraid", NONE, &[text("--dev").many().until(24, 8), text("--name").until(24, 8)])
        .old(24, 8)
        .until(34, 9)
        .and_mic(),
    Row::new("fcoe", NONE, &[flag("--autovlan").since(28, 0), flag("--dcb"), text("--nic").needed()])
        .by("--nic")
        .many(),
    Row::new(
        "ignoredisk",
        NONE,
        &[list("--drives"), flag("--interactive").old(29, NEVER).until(34, 9), list("--only-use")],
    )
    .one_of(&["--only-use", "--drives", "--interactive"])
    .apart(&[("--only-use", "--drives")]),
    Row::new(
        "iscsi",
        NONE,
        &[
            text("--iface"),
            text("--ipaddr").needed(),
            text("--password"),
            number("--port"),
            text("--reverse-password"),
            text("--reverse-user"),
            text("--target"),
            text("--user"),
        ],
    )
    .many(),
    Row::new("iscsiname", (1, 1), &[]),
    Row::new("mount", (2, 2), &[text("--mkfsoptions"), text("--mountoptions"), optional("--reformat")])
        .by_word()
        .with(&[("--mkfsoptions", &["--reformat"])])
        .many()
        .since(27, 8),
    Row::new(
        "multipath",
        NONE,
        &[text("--device").until(24, 8), text("--name").until(24, 8), text("--rule").until(24, 8)],
    )
    .old(24, 8)
    .until(34, 9)
    .and_mic(),
    Row::new(
        "nvdimm",
        ANY,
        &[
            list("--blockdevs").until(40, NEVER).and_mic(),
            exact("--mode", &["sector"]).until(40, NEVER).and_mic(),
            text("--namespace").until(40, NEVER).and_mic(),
            number("--sectorsize").until(40, NEVER).and_mic(),
        ],
    )
    .apart(&[("--namespace", "--blockdevs")])
    .since(28, 0)
    .old(40, NEVER)
    .until(45, 10)
    .and_mic(),
    Row::new("part", (1, 1), PARTITION)
        .by_word()
        .with(&[("--resize", &["--size"]), ("--resize", &["--onpart", "--usepart"])])
        .apart(&[("--noformat", "--mkfsoptions"), ("--fsprofile", "--mkfsoptions")])
        .many(),
    Row::new("partition", (1, 1), PARTITION)
        .by_word()
        .with(&[("--resize", &["--size"]), ("--resize", &["--onpart", "--usepart"])])
        .apart(&[("--noformat", "--mkfsoptions"), ("--fsprofile", "--mkfsoptions")])
        .many(),
    Row::new("reqpart", NONE, &[flag("--add-boot")]).since(23, 0),
    Row::new("zerombr", (0, 1), &[]).words_of_mic(),
    Row::new(
        "zfcp",
        NONE,
        &[
            text("--devnum").needed(),
            text("--fcplun"),
            text("--scsiid").past(),
            text("--scsilun").past(),
            text("--wwpn"),
        ],
    )
    .by("--devnum")
    .with(&[("--wwpn", &["--fcplun"]), ("--fcplun", &["--wwpn"])])
    .many(),
];

const PARTITION: &[Opt] = &[
    flag("--active").old(29, NEVER).until(34, 9).and_mic(),
    number("--align").mic(),
    flag("--asprimary"),
    flag("--backuppassphrase"),
    text("--bytes-per-inode").mic(),
    text("--cipher"),
    flag("--encrypted"),
    text("--end").mic(),
    text("--escrowcert"),
    flag("--exclude-from-image").mic(),
    text("--extoptions").mic(),
    text("--fsoptions"),
    text("--fsprofile"),
    text("--fstype"),
    flag("--grow"),
    flag("--hibernation"),
    text("--hw-passphrase").since(41, 11),
    text("--label"),
    text("--luks-version").since(29, 8),
    number("--maxsize"),
    text("--mkfsoptions").since(23, 0),
    flag("--noformat"),
    text("--onbiosdisk"),
    text("--ondisk"),
    text("--ondrive").same_as("--ondisk"),
    text("--onpart"),
    text("--part-type").mic(),
    text("--passphrase"),
    text("--pbkdf").since(29, 8),
    number("--pbkdf-iterations").since(29, 8),
    number("--pbkdf-memory").since(29, 8),
    number("--pbkdf-time").since(29, 8),
    flag("--recommended"),
    flag("--resize"),
    number("--size"),
    text("--start").mic(),
    text("--type").same_as("--fstype"),
    text("--usepart").same_as("--onpart"),
    text("--uuid").mic(),
];
