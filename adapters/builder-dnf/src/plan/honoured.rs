//! Which commands and options this builder honours; each of the others is warned about with its line.
//!
//! A row here is a promise: a test builds an image and reads there that it was kept. docs/building.md says which test,
//! and the test of this module holds that page, this table and the language against each other.

mod network;

use std::collections::BTreeMap;

use imaging::{Arch, ImageType};
use img_kickstart::arguments::Arguments;
use img_kickstart::{At, Kickstart, check};

/// Commands, with the options of each that have an effect.
const COMMANDS: &[(&str, &[&str])] = &[
    ("auth", &[]),
    ("authconfig", &[]),
    ("authselect", &[]),
    ("bootloader", &["--append", "--timeout", "--location", "--disabled", "--ptable"]),
    ("btrfs", &["--label"]),
    ("clearpart", &["--all", "--initlabel", "--linux", "--none"]), // the disk is new, so it is clear
    ("desktop", &["--defaultdesktop", "--autologinuser", "--defaultdm", "--session"]),
    (
        "firewall",
        &[
            "--enabled",
            "--enable",
            "--disabled",
            "--disable",
            "--service",
            "--remove-service",
            "--port",
            "--trust",
            "--ssh",
            "--http",
            "--smtp",
            "--ftp",
            "--use-system-defaults",
        ],
    ),
    ("firstboot", &["--enabled", "--enable", "--disabled", "--disable", "--reconfig"]),
    ("group", &["--name", "--gid"]),
    ("keyboard", &["--vckeymap", "--xlayouts", "--switch"]),
    ("lang", &[]),
    ("network", crate::steps::network::OPTIONS),
    ("part", PART),
    ("partition", PART),
    (
        "repo",
        &[
            "--name",
            "--baseurl",
            "--mirrorlist",
            "--metalink",
            "--save",
            "--install",
            "--disable",
            "--cost",
            "--priority",
            "--includepkgs",
            "--excludepkgs",
            "--proxy",
            "--proxyuser",
            "--proxypasswd",
            "--gpgkey",
            "--ssl_verify",
            "--noverifyssl",
        ],
    ),
    ("rootpw", &["--plaintext", "--iscrypted", "--lock", "--allow-ssh"]),
    ("selinux", &["--enforcing", "--permissive", "--disabled"]),
    ("services", &["--enabled", "--disabled"]),
    ("skipx", &[]),
    ("sshkey", &["--username"]),
    ("timesource", &["--ntp-server", "--ntp-pool", "--ntp-disable", "--nts"]),
    ("timezone", &["--utc", "--isUtc", "--nontp", "--ntpservers"]),
    (
        "user",
        &[
            "--name",
            "--password",
            "--plaintext",
            "--iscrypted",
            "--lock",
            "--groups",
            "--homedir",
            "--shell",
            "--uid",
            "--gid",
            "--gecos",
        ],
    ),
    ("xconfig", &["--startxonboot", "--defaultdesktop"]),
    ("zerombr", &[]), // likewise
];

const PART: &[&str] = &[
    "--size",
    "--grow",
    "--maxsize",
    "--fstype",
    "--type",
    "--label",
    "--ondisk",
    "--ondrive",
    "--active",
    "--align",
    "--fsoptions",
    "--asprimary",
    "--uuid",
    "--part-type",
];

/// Sections, with the options of their opening lines that have an effect.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "%packages",
        &[
            "--excludedocs",
            "--nocore",
            "--ignoremissing",
            "--ignorebroken",
            "--exclude-weakdeps",
            "--excludeWeakdeps",
            "--multilib",
            "--inst-langs",
            "--instLangs",
            "--timeout",
        ],
    ),
    ("%prepackages", &[]),
    ("%attachment", &[]),
    ("%pre", &["--interpreter", "--erroronfail", "--log", "--logfile"]),
    ("%post", &["--interpreter", "--erroronfail", "--log", "--logfile", "--nochroot"]),
    ("%pack", &["--interpreter", "--erroronfail", "--log", "--logfile"]),
];

/// Commands and options that mean nothing unless one of some other options is on the line.
const COMPANIONS: &[(&str, &str, &[&str])] = &[
    ("part", "--maxsize", &["--grow"]),
    ("partition", "--maxsize", &["--grow"]),
    ("keyboard", "--switch", &["--xlayouts"]),
    ("network", "--netmask", &["--ip"]),
    ("network", "--gateway", &["--ip"]),
    ("network", "--ipv6gateway", &["--ipv6"]),
    ("repo", "--disable", &["--save", "--install"]),
    ("repo", "--proxyuser", &["--proxy"]),
    ("repo", "--proxypasswd", &["--proxyuser"]),
];

/// Commands that say nothing without an option.
const NEEDS_A_WORD: &[&str] = &["desktop", "firstboot", "network", "selinux", "xconfig"];

/// Commands of which only the last line counts.
const ONCE: &[&str] = &[
    "authconfig",
    "authselect",
    "bootloader",
    "desktop",
    "firewall",
    "firstboot",
    "keyboard",
    "lang",
    "rootpw",
    "selinux",
    "timezone",
    "xconfig",
];

/// Options of `part` that are about a disk, which loop images have none of.
const OF_A_DISK: &[&str] = &["--active", "--align", "--asprimary", "--part-type"];

/// Options of `bootloader` that mean nothing on a live medium, which boots in any case.
const OF_A_BOOT_DISK: &[&str] = &["--disabled", "--location", "--ptable"];

/// Says what of the kickstart has no effect in such an image, a sentence each, in the order of the file.
pub(super) fn unheeded(kickstart: &Kickstart, form: ImageType, arch: Arch) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for doubt in check(kickstart).into_iter().filter(|doubt| !doubt.is_error()) {
        found.push((doubt.line, doubt.message));
    }
    for command in kickstart.commands() {
        let name = command.name();
        let about = row(COMMANDS, name).map(|heeded| unheeded_options(&command.arguments(), heeded));
        let clause = match about {
            None => Some(format!("`{name}` has no effect")),
            Some(_) if NEEDS_A_WORD.contains(&name) && command.arguments().options.is_empty() => {
                Some(format!("`{name}` has no effect"))
            }
            Some(_) if not_in(name, form, arch) => {
                Some(format!("`{name}` has no effect in {} images", of(form, arch)))
            }
            Some(options) => options.map(|options| format!("`{name}`: {options}")),
        };
        found.extend(clause.map(|clause| (command.line, clause)));
        let alone = alone(name, &command.arguments(), form).into_iter();
        found.extend(alone.map(|clause| (command.line, format!("`{name}`: {clause}"))));
    }
    found.extend(said_again(kickstart));
    for section in kickstart.sections() {
        let name = section.name();
        let clause = match row(SECTIONS, name) {
            None => Some(format!("`{name}` has no effect")),
            Some(heeded) => {
                unheeded_options(&section.arguments(), heeded).map(|options| format!("`{name}`: {options}"))
            }
        };
        found.extend(clause.map(|clause| (section.line(), clause)));
    }
    found.sort_by_key(|(line, _)| *line);
    found.into_iter().map(|(line, clause)| format!("{line}: {clause}", line = At(line))).collect()
}

fn row(table: &'static [(&str, &[&str])], name: &str) -> Option<&'static [&'static str]> {
    table.iter().find(|(known, _)| *known == name).map(|(_, options)| *options)
}

fn unheeded_options(arguments: &Arguments<'_>, heeded: &[&str]) -> Option<String> {
    let names: Vec<_> = arguments.options.iter().map(|given| given.option.name).collect();
    let unheeded: Vec<_> = names.into_iter().filter(|name| !heeded.contains(name)).collect();
    match unheeded.len() {
        0 => None,
        1 => Some(format!("{} has no effect", unheeded[0])),
        _ => Some(format!("{} have no effect", unheeded.join(", "))),
    }
}

/// Says which options have no effect because of what else is, or is not, there.
fn alone(name: &str, arguments: &Arguments<'_>, form: ImageType) -> Vec<String> {
    let companions = COMPANIONS.iter().filter(|(command, option, with)| {
        *command == name && arguments.has(option) && !with.iter().any(|with| arguments.has(with))
    });
    let mut clauses: Vec<_> =
        companions.map(|(_, option, with)| format!("{option} has no effect without {}", with[0])).collect();
    if name == "network" {
        clauses.extend(network::clashes(arguments));
    }
    if form == ImageType::Loop && matches!(name, "part" | "partition") {
        let given = OF_A_DISK.iter().filter(|option| arguments.has(option));
        clauses.extend(given.map(|option| format!("{option} has no effect in loop images")));
    }
    if is_live(form) && name == "bootloader" {
        let given = OF_A_BOOT_DISK.iter().filter(|option| arguments.has(option));
        clauses.extend(given.map(|option| format!("{option} has no effect in {form} images")));
    }
    clauses
}

/// Finds lines that a later one takes the place of.
fn said_again(kickstart: &Kickstart) -> Vec<(usize, String)> {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for command in kickstart.commands() {
        let name = match command.name() {
            "auth" => "authconfig",
            "network" if command.arguments().has("--hostname") => "network --hostname",
            name if ONCE.contains(&name) => name,
            _ => continue,
        };
        if let Some(earlier) = last.insert(name.to_owned(), command.line) {
            let again = At(command.line);
            found.push((earlier, format!("`{name}` has no effect: {again} says it again")));
        }
    }
    found
}

/// Tells whether a command that is honoured elsewhere means nothing for such an image.
fn not_in(name: &str, form: ImageType, arch: Arch) -> bool {
    let live = is_live(form);
    match name {
        "part" | "partition" | "btrfs" => live || form == ImageType::Fs,
        "bootloader" => matches!(form, ImageType::Fs | ImageType::Loop) || !crate::steps::boot::knows(arch),
        _ => false,
    }
}

fn is_live(form: ImageType) -> bool {
    matches!(form, ImageType::Livecd | ImageType::Liveusb)
}

fn of(form: ImageType, arch: Arch) -> String {
    match form {
        ImageType::Fs | ImageType::Loop => form.to_string(),
        _ if crate::steps::boot::knows(arch) => form.to_string(),
        _ => arch.to_string(),
    }
}

#[cfg(test)]
mod tests;
