//! Services that start with the image: links of systemd, made as `systemctl enable` makes them.

use img_kickstart::{At, Kickstart, Named};

use crate::inside::Inside;

/// Where units are, the image's own first.
const FOLDERS: &[&str] = &["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// Switches services on and off.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let services = kickstart.services();
    for service in &services.disabled {
        match find(inside, &service.name) {
            Some((name, _, _)) => inside.disable(&name),
            None => warnings.push(no_unit(service)),
        }
    }
    for service in &services.enabled {
        match find(inside, &service.name) {
            Some(unit) => enable(inside, &unit, service.line, warnings),
            None => warnings.push(no_unit(service)),
        }
    }
}

/// Returns the path of a unit in the image.
pub(crate) fn path_of(inside: &Inside, name: &str) -> Option<String> {
    find(inside, name).map(|(_, path, _)| path)
}

/// Tells whether the image has a unit.
pub(crate) fn is_there(inside: &Inside, name: &str) -> bool {
    find(inside, name).is_some()
}

/// Enables a unit that the image may have; tells whether it has.
pub(crate) fn enable_where_there(inside: &mut Inside, name: &str) -> bool {
    let unit = find(inside, name);
    if let Some(unit) = &unit {
        enable(inside, unit, 0, &mut Vec::new());
    }
    unit.is_some()
}

fn no_unit(service: &Named) -> String {
    format!("{}: the image has no systemd unit {}", At(service.line), full_name(&service.name))
}

fn enable(inside: &mut Inside, (name, unit, text): &Unit, line: usize, warnings: &mut Vec<String>) {
    let links = links(name, text);
    if links.is_empty() {
        warnings.push(format!("{}: {name} has no [Install] section, so it cannot be enabled", At(line)));
    }
    for link in links {
        inside.link(&format!("/etc/systemd/system/{link}"), unit);
    }
}

/// A unit: its name, its path in the image, its text.
type Unit = (String, String, String);

/// Finds a unit.
fn find(inside: &Inside, name: &str) -> Option<Unit> {
    let name = full_name(name);
    let file = template(&name);
    if name.contains('/') || name.chars().any(|c| c.is_control() || "*?[]".contains(c)) {
        return None;
    }
    let paths: Vec<_> = FOLDERS.iter().map(|folder| format!("{folder}/{file}")).collect();
    let texts: Vec<_> = paths.iter().map(|path| inside.text(path)).collect(); // looked at together
    let found = paths.into_iter().zip(texts).find_map(|(path, text)| Some((path, text?)));
    found.map(|(path, text)| (name, path, text))
}

/// Adds `.service` to a name without a type.
fn full_name(name: &str) -> String {
    const TYPES: &[&str] =
        &[".service", ".socket", ".target", ".timer", ".path", ".mount", ".automount", ".swap"];
    if TYPES.iter().any(|kind| name.ends_with(kind)) { name.to_owned() } else { format!("{name}.service") }
}

/// Returns the file of a unit: `getty@tty1.service` is made of `getty@.service`.
fn template(name: &str) -> String {
    match (name.split_once('@'), name.rsplit_once('.')) {
        (Some((stem, _)), Some((_, kind))) => format!("{stem}@.{kind}"),
        _ => name.to_owned(),
    }
}

/// Reads the `[Install]` section: the links below /etc/systemd/system that enable a unit.
fn links(name: &str, text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[Install]";
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let words = value.split_whitespace().filter(|word| !word.contains('/') && !word.contains('%'));
        match key.trim() {
            "WantedBy" => links.extend(words.map(|target| format!("{target}.wants/{name}"))),
            "RequiredBy" => links.extend(words.map(|target| format!("{target}.requires/{name}"))),
            "Alias" => links.extend(words.map(str::to_owned)),
            _ => {}
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_by_the_names_people_write() {
        for (written, name, file) in [
            ("sshd", "sshd.service", "sshd.service"),
            ("dbus.socket", "dbus.socket", "dbus.socket"),
            ("getty@tty1", "getty@tty1.service", "getty@.service"),
        ] {
            assert_eq!(full_name(written), name);
            assert_eq!(template(name), file);
        }
    }

    #[test]
    fn the_install_section_says_which_links_enable_a_unit() {
        let text = "[Unit]\nWantedBy=no.target\n[Install]\nWantedBy=multi-user.target other.target\nAlias = my.service\nRequiredBy=x.target\n";

        assert_eq!(
            links("a.service", text),
            [
                "multi-user.target.wants/a.service",
                "other.target.wants/a.service",
                "my.service",
                "x.target.requires/a.service"
            ]
        );
        assert_eq!(links("a.service", "[Install]\nAlias=../../../etc/passwd\n"), Vec::<String>::new());
    }
}
