//! What a program that runs cannot change about a participant.

use config::{Configuration, keys};

/// Its connection, its queue, and how many jobs it takes and how long: the worker was made with them.
#[derive(Debug)]
pub(crate) struct Fixed(Vec<(&'static keys::Key, Option<String>)>);

/// Tells whether a key is read once.
fn is_fixed(key: &keys::Key) -> bool {
    match key.section {
        "boss" => true,
        "participant" => !matches!(key.name, "name" | "regexp"),
        "worker" => key.name == "timeout",
        _ => false,
    }
}

impl Fixed {
    pub(super) fn of(site: &Configuration) -> Fixed {
        Fixed::of_keys(site, is_fixed)
    }

    /// Takes what `img up` reads once.
    pub(crate) fn of_machine(site: &Configuration) -> Fixed {
        Fixed::of_keys(site, |key| {
            matches!(
                (key.section, key.name),
                ("participant", "concurrency" | "grace" | "metrics_listen")
                    | ("worker", "timeout")
                    | (
                        "boss"
                            | "db"
                            | "processes"
                            | "make_vdi"
                            | "repository"
                            | "torrent"
                            | "tester"
                            | "releases"
                            | "obs"
                            | "web"
                            | "ldap",
                        _
                    )
            )
        })
    }

    fn of_keys(site: &Configuration, is_fixed: impl Fn(&keys::Key) -> bool) -> Fixed {
        let fixed = keys::all().filter(|key| is_fixed(key) && key.unused.is_none());
        Fixed(fixed.map(|key| (key, site.text(key.section, key.name))).collect())
    }

    /// Returns the keys that have another value in `new`.
    pub(crate) fn changed(&self, new: &Fixed) -> Vec<String> {
        let pairs = self.0.iter().zip(&new.0).filter(|((_, old), (_, new))| old != new);
        pairs.map(|((key, _), _)| format!("[{}] {}", key.section, key.name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Fixed;

    #[test]
    fn what_needs_a_restart_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let fixed = |text: &str| {
            let file = folder.path().join("skynet.conf");
            std::fs::write(&file, text).unwrap();
            Fixed::of(&crate::site::read(&file, Some("build_image")))
        };
        let before =
            fixed("[boss]\namqp_host = a\n[participant]\nregexp = x\n[worker]\nbase_url = http://a\n");
        let after = fixed(
            "[boss]\namqp_host = b\n[participant]\nregexp = y\nconcurrency = 2\n[worker]\nbase_url = http://b\n",
        );
        assert_eq!(before.changed(&after), ["[boss] amqp_host", "[participant] concurrency"]);
        assert_eq!(before.changed(&before), [""; 0]);

        let of_machine = |text: &str| {
            let file = folder.path().join("skynet.conf");
            std::fs::write(&file, text).unwrap();
            Fixed::of_machine(&crate::site::read(&file, None))
        };
        let before = of_machine("[boss]\namqp_host = a\n[participant]\ngrace = 1\nqueue = a\n");
        let after =
            of_machine("[boss]\namqp_host = b\n[participant]\ngrace = 2\nqueue = b\n[worker]\ntimeout = 1\n");
        assert_eq!(before.changed(&after), ["[boss] amqp_host", "[participant] grace", "[worker] timeout"]);
    }
}
