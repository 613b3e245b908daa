//! How the installed system behaves.

use super::life::NEVER;
use super::row::{ANY, NONE, Row};
use super::words::{choice, exact, flag, integer, list, text, yes_no};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "bootloader",
        NONE,
        &[
            text("--append"),
            text("--boot-drive"),
            text("--default"),
            flag("--disabled"),
            list("--driveorder"),
            flag("--extlinux"),
            text("--hvargs").past(),
            flag("--iscrypted"),
            flag("--lba32").mic(),
            flag("--leavebootorder"),
            flag("--linear").past(),
            exact("--location", &["mbr", "partition", "none", "boot"]),
            text("--md5pass"),
            text("--menus").mic(),
            flag("--nolinear").past(),
            flag("--nombr"),
            text("--password"),
            choice("--ptable", &["msdos", "gpt"]).mic(),
            flag("--sdboot").since(39, 10),
            integer("--timeout"),
            flag("--upgrade").old(29, NEVER).until(34, 9).and_mic(),
            flag("--useLilo").past(),
        ],
    ),
    Row::new(
        "desktop",
        NONE,
        &[
            text("--autologinuser").mic(),
            text("--defaultdesktop").mic(),
            text("--defaultdm").mic(),
            text("--session").mic(),
        ],
    )
    .mic(),
    Row::new(
        "eula",
        NONE,
        &[
            flag("--accept").same_as("--agreed"),
            flag("--accepted").same_as("--agreed"),
            flag("--agree").same_as("--agreed"),
            flag("--agreed"),
        ],
    )
    .one_of(&["--agreed", "--agree", "--accepted", "--accept"]),
    Row::new(
        "firewall",
        ANY,
        &[
            flag("--disable").same_as("--disabled").turns("enabled"),
            flag("--disabled").turns("enabled"),
            flag("--enable").same_as("--enabled").turns("enabled"),
            flag("--enabled").turns("enabled"),
            flag("--ftp").many(),
            text("--high").past(),
            flag("--http").many(),
            text("--medium").past(),
            list("--port").many(),
            list("--remove-service").many(),
            list("--service").many(),
            flag("--smtp").many(),
            flag("--ssh").many(),
            text("--telnet").past(),
            text("--trust").many(),
            flag("--use-system-defaults").since(28, 8),
        ],
    )
    .words_of_mic(),
    Row::new(
        "firstboot",
        NONE,
        &[
            flag("--disable").same_as("--disabled").turns("firstboot"),
            flag("--disabled").turns("firstboot"),
            flag("--enable").same_as("--enabled").turns("firstboot"),
            flag("--enabled").turns("firstboot"),
            flag("--reconfig").turns("firstboot"),
        ],
    ),
    Row::new("installerfw", (1, 1), &[]).mic(),
    Row::new("installerfw_plugins", (1, 1), &[]).mic(),
    Row::new("keyboard", (0, 1), &[list("--switch"), text("--vckeymap"), list("--xlayouts")])
        .unless(1, &["--vckeymap", "--xlayouts"]),
    Row::new("lang", (1, 1), &[list("--addsupport")]),
    Row::new(
        "network",
        NONE,
        &[
            flag("--activate").turns("activate"),
            exact("--bindto", &["mac"]).since(27, 0),
            text("--bondopts"),
            text("--bondslaves"),
            exact("--bootproto", &["dhcp", "bootp", "static", "query", "ibft"]),
            text("--bridgeopts").since(22, 0),
            text("--bridgeslaves").since(22, 0),
            text("--device"),
            text("--dhcpclass"),
            text("--essid"),
            text("--ethtool"),
            text("--gateway"),
            text("--hostname"),
            text("--interfacename"),
            text("--ip"),
            text("--ipv4-dns-search").since(39, 9),
            flag("--ipv4-ignore-auto-dns").since(39, 9),
            text("--ipv6"),
            text("--ipv6-dns-search").since(39, 9),
            flag("--ipv6-ignore-auto-dns").since(39, 9),
            text("--ipv6gateway"),
            text("--mtu"),
            text("--nameserver"),
            text("--netmask"),
            flag("--no-activate").turns("activate").since(25, 0),
            flag("--nodefroute"),
            flag("--nodns"),
            flag("--noipv4"),
            flag("--noipv6"),
            flag("--notksdevice"),
            yes_no("--onboot"),
            text("--teamconfig").old(NEVER, 10),
            text("--teamslaves").old(NEVER, 10),
            text("--vlanid"),
            text("--wepkey"),
            text("--wpakey"),
        ],
    )
    .by("--device")
    .with(&[
        ("--bridgeopts", &["--bridgeslaves"]),
        ("--ipv4-dns-search", &["--device"]),
        ("--ipv4-ignore-auto-dns", &["--device"]),
        ("--ipv6-dns-search", &["--device"]),
        ("--ipv6-ignore-auto-dns", &["--device"]),
    ])
    .many(),
    Row::new(
        "selinux",
        NONE,
        &[
            flag("--disabled").turns("mode"),
            flag("--enforcing").turns("mode"),
            flag("--permissive").turns("mode"),
        ],
    ),
    Row::new("services", NONE, &[list("--disabled"), list("--enabled")]).one_of(&["--enabled", "--disabled"]),
    Row::new("skipx", NONE, &[]),
    Row::new("syspurpose", NONE, &[text("--addon").many(), text("--role"), text("--sla"), text("--usage")])
        .since(NEVER, 8),
    Row::new(
        "timesource",
        NONE,
        &[flag("--ntp-disable"), text("--ntp-pool"), text("--ntp-server"), flag("--nts")],
    )
    .one_of(&["--ntp-server", "--ntp-pool", "--ntp-disable"])
    .apart(&[
        ("--ntp-server", "--ntp-pool"),
        ("--ntp-server", "--ntp-disable"),
        ("--ntp-pool", "--ntp-disable"),
    ])
    .many()
    .since(33, 9),
    Row::new(
        "timezone",
        (0, 1),
        &[
            flag("--isUtc").same_as("--utc").old(40, NEVER).until(NEVER, 10),
            flag("--nontp").old(40, NEVER).until(NEVER, 10),
            list("--ntpservers").old(40, NEVER).until(NEVER, 10),
            flag("--utc"),
        ],
    )
    .unless(1, &["--utc", "--nontp", "--ntpservers"]),
    Row::new(
        "xconfig",
        NONE,
        &[
            text("--card").past(),
            text("--defaultdesktop"),
            text("--depth").past(),
            text("--driver").past(),
            text("--hsync").past(),
            text("--monitor").past(),
            text("--noprobe").past(),
            text("--resolution").past(),
            text("--server").past(),
            flag("--startxonboot"),
            text("--videoram").past(),
            text("--vsync").past(),
        ],
    ),
    Row::new(
        "zipl",
        NONE,
        &[
            flag("--force-secure-boot").turns("boot"),
            flag("--no-secure-boot").turns("boot"),
            flag("--secure-boot").turns("boot"),
        ],
    )
    .since(32, 8),
];
