//! The order in which people write commands and sections.

use crate::identity::canonical;

/// Commands from the top of a kickstart to its bottom; those not named here stand between the two lists.
const FIRST: &[&str] = &[
    "text",
    "cmdline",
    "graphical",
    "lang",
    "keyboard",
    "timezone",
    "timesource",
    "eula",
    "firstboot",
    "network",
    "firewall",
    "selinux",
    "auth",
    "authselect",
    "ignoredisk",
    "zerombr",
    "clearpart",
    "reqpart",
    "autopart",
    "part",
    "raid",
    "volgroup",
    "logvol",
    "btrfs",
    "mount",
    "bootloader",
];
const LAST: &[&str] = &[
    "desktop", "xconfig", "skipx", "services", "rootpw", "group", "user", "sshkey", "sshpw", "reboot",
    "poweroff", "halt", "shutdown", "url", "repo",
];

/// Sections from the top of a kickstart to its bottom; others come last.
const SECTIONS: &[&str] = &[
    "%packages",
    "%prepackages",
    "%attachment",
    "%addon",
    "%pre",
    "%pre-install",
    "%post",
    "%pack",
    "%onerror",
    "%traceback",
];

/// Where a command stands among others; no two commands have the same rank.
pub(super) fn rank(command: &str) -> (usize, &str) {
    let name = canonical(command);
    let first = FIRST.iter().position(|known| *known == name);
    let last = || LAST.iter().position(|known| *known == name).map(|at| FIRST.len() + 1 + at);
    match first.or_else(last) {
        Some(rank) => (rank + 1, ""),
        None if crate::table::command(name).is_some() => (FIRST.len() + 1, name),
        None => (0, ""), // what is not known may be anything, and stays above
    }
}

/// Where a section stands among others.
pub(super) fn section_rank(section: &str) -> (usize, &str) {
    let known = SECTIONS.iter().position(|known| *known == section);
    (known.unwrap_or(SECTIONS.len()), if known.is_some() { "" } else { section })
}
