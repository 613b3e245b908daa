//! Services that start with the image: links of systemd, made as `systemctl enable` makes them.

use img_kickstart::{At, Kickstart, Named};

use crate::halt::Halt;
use crate::workshop::Workshop;

/// Where units are, the image's own first.
const FOLDERS: &[&str] = &["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// Switches services on and off.
pub(crate) async fn apply(
    shop: &Workshop<'_>,
    kickstart: &Kickstart,
    warnings: &mut Vec<String>,
) -> Result<(), Halt> {
    let services = kickstart.services();
    for service in &services.disabled {
        if let Some((name, _, _)) = find(shop, service, warnings).await? {
            let etc = shop.inside("/etc/systemd/system").into_os_string();
            let find = [
                "find".into(),
                etc,
                "-type".into(),
                "l".into(),
                "-name".into(),
                name.into(),
                "-delete".into(),
            ];
            shop.ask(find).await?;
        }
    }
    for service in &services.enabled {
        let Some((name, unit, text)) = find(shop, service, warnings).await? else { continue };
        let links = links(&name, &text);
        if links.is_empty() {
            let line = service.line;
            warnings.push(format!(
                "{line}: {name} has no [Install] section, so it cannot be enabled",
                line = At(line)
            ));
        }
        for link in links {
            let link = shop.inside(&format!("/etc/systemd/system/{link}"));
            let folder = link.parent().unwrap_or(&link).as_os_str().to_owned();
            shop.tool("install", ["-d".into(), "-m".into(), "0755".into(), "--".into(), folder]).await?;
            shop.tool("ln", ["-sfn".into(), "--".into(), unit.clone().into(), link.into_os_string()]).await?;
        }
    }
    Ok(())
}

/// Finds a unit: its name, its path in the image, its text.
async fn find(
    shop: &Workshop<'_>,
    service: &Named,
    warnings: &mut Vec<String>,
) -> Result<Option<(String, String, String)>, Halt> {
    let name = full_name(&service.name);
    let file = template(&name);
    if !name.contains('/') && !name.chars().any(|c| c.is_control() || "*?[]".contains(c)) {
        for folder in FOLDERS {
            let path = format!("{folder}/{file}");
            if let Some(text) = shop.read(&path).await? {
                return Ok(Some((name, path, text)));
            }
        }
    }
    warnings.push(format!("{}: the image has no systemd unit {name}", At(service.line)));
    Ok(None)
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
