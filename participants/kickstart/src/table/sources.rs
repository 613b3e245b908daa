//! Where packages and images come from.

use super::life::NEVER;
use super::row::{NONE, Row};
use super::words::{flag, integer, list, text, yes_no};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "bootc",
        NONE,
        &[
            text("--bootloader").since(45, 11),
            flag("--composefs").since(45, 11),
            text("--source-imgref").needed(),
            text("--stateroot"),
            text("--target-imgref"),
        ],
    )
    .since(43, 10),
    Row::new("cdrom", NONE, &[]),
    Row::new(
        "harddrive",
        NONE,
        &[text("--biospart").until(33, 9), text("--dir").needed(), text("--partition").needed()],
    ),
    Row::new("hmc", NONE, &[]).since(28, 0),
    Row::new("install", NONE, &[text("--root-device").until(29, 8)]).old(29, 8).until(34, 9).and_mic(),
    Row::new(
        "liveimg",
        NONE,
        &[text("--checksum"), flag("--noverifyssl"), text("--proxy"), text("--url").needed()],
    ),
    Row::new(
        "method",
        NONE,
        &[
            text("--metalink").since(27, 8).and_mic(),
            text("--mirrorlist").and_mic(),
            flag("--noverifyssl").and_mic(),
            text("--proxy").and_mic(),
            text("--sslcacert").since(30, 8).and_mic(),
            text("--sslclientcert").since(30, 8).and_mic(),
            text("--sslclientkey").since(30, 8).and_mic(),
            text("--url").and_mic(),
        ],
    )
    .old(34, 9)
    .until(40, 10)
    .and_mic(),
    Row::new(
        "module",
        NONE,
        &[
            flag("--disable").since(31, 0).until(41, 10).and_mic(),
            text("--name").needed().until(41, 10).and_mic(),
            text("--stream").until(41, 10).and_mic(),
        ],
    )
    .since(29, 8)
    .old(41, 10)
    .until(45, 11)
    .and_mic(),
    Row::new("nfs", NONE, &[text("--dir").needed(), text("--opts"), text("--server").needed()]),
    Row::new(
        "ostreecontainer",
        NONE,
        &[
            flag("--no-signature-verification"),
            text("--remote"),
            text("--stateroot"),
            text("--transport"),
            text("--url").needed(),
        ],
    )
    .since(38, 9),
    Row::new(
        "ostreesetup",
        NONE,
        &[
            flag("--nogpg"),
            text("--osname").needed(),
            text("--ref").needed(),
            text("--remote"),
            text("--url").needed(),
        ],
    ),
    Row::new(
        "repo",
        NONE,
        &[
            text("--baseurl"),
            integer("--cost"),
            flag("--debuginfo").mic(),
            flag("--disable").mic(),
            list("--excludepkgs"),
            text("--gpgkey").mic(),
            yes_no("--ignoregroups").old(33, 9).until(40, 10).and_mic(),
            list("--includepkgs"),
            flag("--install"),
            text("--metalink").since(27, 8),
            text("--mirrorlist"),
            text("--name").needed(),
            flag("--nocache").mic(),
            flag("--noverifyssl"),
            text("--passwd").mic(),
            integer("--priority").mic(),
            text("--proxy"),
            text("--proxypasswd").mic(),
            text("--proxyuser").mic(),
            flag("--save").mic(),
            flag("--source").mic(),
            yes_no("--ssl_verify").mic(),
            text("--sslcacert").since(30, 8),
            text("--sslclientcert").since(30, 8),
            text("--sslclientkey").since(30, 8),
            text("--user").mic(),
        ],
    )
    .by("--name")
    .one_of_for_mic(&["--baseurl", "--mirrorlist", "--metalink"])
    .many(),
    Row::new(
        "rhsm",
        NONE,
        &[
            text("--activation-key").needed().many(),
            flag("--connect-to-insights"),
            text("--flatpak-registry-url").since(0, 10),
            text("--organization").needed(),
            text("--proxy"),
            text("--rhsm-baseurl"),
            text("--server-hostname"),
        ],
    )
    .since(NEVER, 8),
    Row::new("updates", (0, 1), &[]),
    Row::new("upgrade", NONE, &[text("--root-device").past()]).old(21, 7).until(29, 8),
    Row::new(
        "url",
        NONE,
        &[
            text("--metalink").since(27, 8),
            text("--mirrorlist"),
            flag("--noverifyssl"),
            text("--proxy"),
            text("--sslcacert").since(30, 8),
            text("--sslclientcert").since(30, 8),
            text("--sslclientkey").since(30, 8),
            text("--url"),
        ],
    )
    .one_of(&["--url", "--mirrorlist", "--metalink"])
    .apart(&[("--url", "--mirrorlist"), ("--url", "--metalink"), ("--mirrorlist", "--metalink")]),
];
