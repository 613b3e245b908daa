//! Who tells tasks the addresses of names when they reach only other machines; pure but for one question.

use std::net::Ipv4Addr;

use child::Net;

/// Where the host says it, and where systemd-resolved keeps what it asks itself.
const FILES: [&str; 2] = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/// What tasks are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolver {
    /// Who is asked; nobody when the host asks only itself.
    pub(crate) servers: Vec<Ipv4Addr>,
    /// Their `/etc/resolv.conf`.
    pub(crate) text: String,
}

impl Resolver {
    /// Looks at this host, which has the addresses `own`.
    pub(crate) fn look(own: &[Net]) -> Resolver {
        let texts = FILES.map(|file| std::fs::read_to_string(file).unwrap_or_default());
        Resolver::of(&texts.each_ref().map(String::as_str), own)
    }

    /// Takes the first of the texts that names a server on another machine.
    fn of(texts: &[&str], own: &[Net]) -> Resolver {
        let known = texts.iter().map(|text| Resolver::of_one(text, own));
        known.into_iter().find(|resolver| !resolver.servers.is_empty()).unwrap_or_default()
    }

    fn of_one(text: &str, own: &[Net]) -> Resolver {
        let mut resolver = Resolver::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("nameserver"), Some(server)) => match server.parse::<Ipv4Addr>() {
                    Ok(server) if is_elsewhere(server, own) => resolver.servers.push(server),
                    _ => continue,
                },
                (Some("search" | "domain" | "options"), _) => {}
                _ => continue,
            }
            resolver.text.push_str(line);
            resolver.text.push('\n');
        }
        resolver
    }
}

fn is_elsewhere(server: Ipv4Addr, own: &[Net]) -> bool {
    !own.iter().any(|net| net.has(server))
        && !server.is_loopback()
        && !server.is_link_local()
        && !server.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::Resolver;

    #[test]
    fn only_servers_on_other_machines_are_asked() {
        let stub = "# stub\nnameserver 127.0.0.53\noptions edns0\nsearch example\n";
        let real = "nameserver 192.0.2.53\nnameserver fe80::1%2\nnameserver 169.254.1.1\nsearch example\n";
        for (texts, text) in [
            (["nameserver 192.0.2.1\n", real], "nameserver 192.0.2.1\n"),
            ([stub, real], "nameserver 192.0.2.53\nsearch example\n"),
            ([stub, ""], ""),
            (["nameserver 192.0.2.9\nnameserver 192.0.2.1\n", ""], "nameserver 192.0.2.1\n"),
            (["", ""], ""),
        ] {
            let own = ["192.0.2.9".parse().unwrap()];
            assert_eq!(Resolver::of(&texts, &own).text, text, "{texts:?}");
        }
    }
}
