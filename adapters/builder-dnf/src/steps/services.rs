//! Services that start with the image: links of systemd, made as `systemctl enable` makes them.

mod install;

use std::path::Path;

use img_kickstart::{At, Kickstart, Named};

use crate::inside::Inside;

/// Where units are, the image's own first.
const FOLDERS: &[&str] = &["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// Switches services on and off.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let services = kickstart.services();
    for service in &services.disabled {
        match find(inside, &service.name) {
            Some(unit) => with_companions(inside, unit).iter().for_each(|unit| inside.disable(&unit.name)),
            None => warnings.push(no_unit(service)),
        }
    }
    for service in &services.enabled {
        match find(inside, &service.name) {
            Some(unit) => {
                warnings.extend(enable(inside, unit).map(|why| format!("{}: {why}", At(service.line))))
            }
            None => warnings.push(no_unit(service)),
        }
    }
}

/// Returns the path of a unit in the image.
pub(crate) fn path_of(inside: &Inside, name: &str) -> Option<String> {
    find(inside, name).map(|unit| unit.path)
}

/// Tells whether the image has a unit.
pub(crate) fn is_there(inside: &Inside, name: &str) -> bool {
    find(inside, name).is_some()
}

/// Enables a unit that the image may have; tells whether it has.
pub(crate) fn enable_where_there(inside: &mut Inside, name: &str) -> bool {
    let unit = find(inside, name);
    let there = unit.is_some();
    if let Some(unit) = unit {
        enable(inside, unit); // what is masked has been masked by somebody who knows the image
    }
    there
}

fn no_unit(service: &Named) -> String {
    format!("{}: the image has no systemd unit {}", At(service.line), full_name(&service.name))
}

/// Enables a unit with those it names as its companions; says why it cannot be enabled.
fn enable(inside: &mut Inside, unit: Unit) -> Option<String> {
    let name = unit.name.clone();
    if inside.link_to(&format!("{}/{name}", FOLDERS[0])).is_some_and(|to| to == Path::new("/dev/null")) {
        return Some(format!("{name} is masked in the image, so it cannot be enabled"));
    }
    let mut links = Vec::new();
    for Unit { name, path, text } in with_companions(inside, unit) {
        links.extend(install::links(&name, &text).into_iter().map(|link| (link, path.clone())));
    }
    if links.is_empty() {
        return Some(format!("{name} has no [Install] section, so it cannot be enabled"));
    }
    for (link, path) in links {
        inside.link(&format!("{}/{link}", FOLDERS[0]), path);
    }
    None
}

/// Returns a unit and all that are enabled with it, as its `Also=` says.
fn with_companions(inside: &Inside, unit: Unit) -> Vec<Unit> {
    let mut units = vec![unit];
    let mut looked_at = 0;
    while let Some(unit) = units.get(looked_at) {
        looked_at += 1;
        for name in install::companions(&unit.text) {
            let companion =
                find(inside, &name).filter(|new| units.iter().all(|known| known.name != new.name));
            units.extend(companion);
        }
    }
    units
}

/// A unit: its name, its path in the image, its text.
struct Unit {
    name: String,
    path: String,
    text: String,
}

/// Finds a unit.
fn find(inside: &Inside, name: &str) -> Option<Unit> {
    let name = full_name(name);
    let file = template(&name);
    if name.contains('/') || name.chars().any(|c| c.is_control() || "*?[]".contains(c)) {
        return None;
    }
    let paths: Vec<_> = FOLDERS.iter().map(|folder| format!("{folder}/{file}")).collect();
    let texts: Vec<_> = paths.iter().map(|path| inside.text(path)).collect(); // looked at together
    paths.into_iter().zip(texts).find_map(|(path, text)| Some(Unit { name: name.clone(), path, text: text? }))
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
}
