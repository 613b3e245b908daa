//! Which commands and options this builder honours; each of the others is warned about with its line.
//!
//! A row here is a promise: a test in `tests/` builds an image and reads there that it was kept.

use imaging::{Arch, ImageType};
use img_kickstart::arguments::Arguments;
use img_kickstart::{At, Kickstart, check};

/// Commands, with the options of each that have an effect.
const COMMANDS: &[(&str, &[&str])] = &[
    ("bootloader", &["--append", "--timeout", "--location", "--disabled"]),
    ("clearpart", &["--all", "--initlabel", "--linux", "--none"]), // the disk is new, so it is clear
    ("group", &["--name", "--gid"]),
    ("keyboard", &["--vckeymap"]),
    ("lang", &[]),
    ("network", &["--hostname"]),
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
    ("rootpw", &["--plaintext", "--iscrypted", "--lock"]),
    ("services", &["--enabled", "--disabled"]),
    ("timezone", &["--utc", "--isUtc"]),
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
    ("zerombr", &[]), // likewise
];

const PART: &[&str] = &[
    "--size",
    "--grow",
    "--maxsize",
    "--fstype",
    "--label",
    "--ondisk",
    "--ondrive",
    "--active",
    "--align",
    "--fsoptions",
    "--asprimary",
    "--uuid",
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
    ("%pre", &["--interpreter", "--erroronfail", "--log", "--logfile"]),
    ("%post", &["--interpreter", "--erroronfail", "--log", "--logfile", "--nochroot"]),
];

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
            Some(_) if not_in(name, form, arch) => {
                Some(format!("`{name}` has no effect in {} images", of(form, arch)))
            }
            Some(options) => options.map(|options| format!("`{name}`: {options}")),
        };
        found.extend(clause.map(|clause| (command.line, clause)));
    }
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

/// Tells whether a command that is honoured elsewhere means nothing for such an image.
fn not_in(name: &str, form: ImageType, arch: Arch) -> bool {
    match name {
        "part" | "partition" => form == ImageType::Fs,
        "bootloader" => form != ImageType::Raw || !crate::steps::boot::knows(arch),
        _ => false,
    }
}

fn of(form: ImageType, arch: Arch) -> String {
    if form == ImageType::Raw { arch.to_string() } else { form.to_string() }
}
