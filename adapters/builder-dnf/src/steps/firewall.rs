//! What comes through from outside: firewalld, or iptables.

mod firewalld;
mod iptables;

use img_kickstart::{At, Kickstart};

use crate::inside::Inside;

/// What the `firewall` line lets through.
struct Rules {
    line: usize,
    services: Vec<String>,
    removed: Vec<String>,
    /// As `(8080, tcp)`; a range as `(5000-5010, udp)`.
    ports: Vec<(String, String)>,
    /// Devices from which everything comes through.
    trusted: Vec<String>,
}

/// Carries out the `firewall` line.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let (Some(firewall), Some(command)) =
        (kickstart.firewall(), kickstart.commands().filter(|command| command.name() == "firewall").last())
    else {
        return;
    };
    let arguments = command.arguments();
    if arguments.has("--use-system-defaults") {
        return;
    }
    if !firewall.enabled {
        // An image without any has none.
        for unit in ["firewalld.service", "iptables.service", "ip6tables.service"] {
            inside.disable(unit);
        }
        return;
    }
    let line = firewall.line;
    let mut rules = Rules {
        line,
        services: firewall.services,
        removed: arguments.list("--remove-service"),
        ports: Vec::new(),
        trusted: firewall.trust,
    };
    for port in &firewall.ports {
        match read_port(port) {
            Some(port) => rules.ports.push(port),
            None => warnings.push(format!("{}: --port={port} should be as 8080:tcp", At(line))),
        }
    }
    let plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || "._-:".contains(c));
    for words in [&mut rules.services, &mut rules.removed, &mut rules.trusted] {
        let odd = words.iter().filter(|word| !plain(word));
        warnings.extend(odd.map(|word| format!("{}: {word:?} cannot be in a firewall", At(line))));
        words.retain(plain);
    }
    if !firewalld::write(inside, &rules, warnings) && !iptables::write(inside, &rules, warnings) {
        warnings.push(format!(
            "{}: the image has no firewall; a package such as firewalld or iptables-services brings one",
            At(line)
        ));
    }
}

/// Reads a port such as `8080:tcp`, `5000-5010:udp`, or `8080`.
fn read_port(text: &str) -> Option<(String, String)> {
    let (numbers, protocol) = text.split_once([':', '/']).unwrap_or((text, "tcp"));
    let fits = |number: &str| number.parse::<u16>().is_ok_and(|number| number > 0);
    let known = ["tcp", "udp", "sctp", "dccp"].contains(&protocol);
    (known && numbers.splitn(2, '-').all(fits)).then(|| (numbers.to_owned(), protocol.to_owned()))
}
