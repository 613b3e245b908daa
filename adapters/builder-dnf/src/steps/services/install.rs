//! The `[Install]` section of a unit; pure.

/// Returns the links below /etc/systemd/system that enable a unit.
///
/// A template such as `getty@.service` is enabled as its `DefaultInstance=`.
pub(super) fn links(name: &str, text: &str) -> Vec<String> {
    let Some(name) = instance(name, text) else { return Vec::new() };
    let mut links = Vec::new();
    for (key, words) in settings(text) {
        match key {
            "WantedBy" => links.extend(words.map(|target| format!("{target}.wants/{name}"))),
            "RequiredBy" => links.extend(words.map(|target| format!("{target}.requires/{name}"))),
            "Alias" => links.extend(words.map(str::to_owned)),
            _ => {}
        }
    }
    links
}

/// Returns the units that are enabled, or disabled, together with this one.
pub(super) fn companions(text: &str) -> Vec<String> {
    let also = settings(text).filter(|(key, _)| *key == "Also");
    also.flat_map(|(_, words)| words.map(str::to_owned)).collect()
}

fn instance(name: &str, text: &str) -> Option<String> {
    let Some((stem, kind)) = name.split_once("@.") else { return Some(name.to_owned()) };
    let default = settings(text).find(|(key, _)| *key == "DefaultInstance")?.1.next()?;
    Some(format!("{stem}@{default}.{kind}"))
}

/// Reads the section: what stands before and behind each `=`; words that could lead elsewhere are left out.
fn settings(text: &str) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
    let lines = text.lines().map(str::trim).scan(false, |inside, line| {
        if line.starts_with('[') {
            *inside = line == "[Install]";
        }
        Some(line.split_once('=').filter(|_| *inside))
    });
    lines.flatten().map(|(key, value)| {
        let words = value.split_whitespace().filter(|word| !word.contains('/') && !word.contains('%'));
        (key.trim(), words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_template_is_enabled_as_its_default() {
        let text = "[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\n";

        assert_eq!(links("getty@.service", text), ["getty.target.wants/getty@tty1.service"]);
        assert_eq!(links("getty@tty3.service", text), ["getty.target.wants/getty@tty3.service"]);
        assert_eq!(links("x@.service", "[Install]\nWantedBy=a.target\n"), Vec::<String>::new());
    }

    #[test]
    fn companions_are_named_in_the_section() {
        assert_eq!(
            companions("Also=no.socket\n[Install]\nAlso=a.socket b.path\nAlso=../c\n"),
            ["a.socket", "b.path"]
        );
    }
}
