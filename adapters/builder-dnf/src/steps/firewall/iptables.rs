//! The rules that iptables-restore reads at the start of the system, as lokkit left them.

use img_kickstart::At;

use super::Rules;
use crate::inside::Inside;
use crate::steps::services;

/// Services that every firewall tool knows, for images without /etc/services.
const KNOWN: &[(&str, u16)] = &[("ssh", 22), ("http", 80), ("https", 443), ("smtp", 25), ("ftp", 21)];

/// Writes the rules for both kinds of addresses; false when the image has no iptables that starts with it.
pub(super) fn write(inside: &mut Inside, rules: &Rules, warnings: &mut Vec<String>) -> bool {
    let units = ["iptables", "ip6tables"].map(|unit| (unit, services::is_there(inside, unit)));
    if !units.iter().any(|(_, there)| *there) {
        return false;
    }
    let services = inside.text("/etc/services").unwrap_or_default();
    let mut opened = Vec::new();
    for service in rules.services.iter().filter(|service| !rules.removed.contains(service)) {
        match port(&services, service) {
            Some(port) => opened.push((port.to_string(), "tcp".to_owned())),
            None => warnings.push(format!("{}: nobody knows the port of {service}", At(rules.line))),
        }
    }
    opened.extend(rules.ports.iter().cloned());
    for (unit, _) in units.iter().filter(|(_, there)| *there) {
        let is_six = *unit == "ip6tables";
        inside.set_as(
            &format!("/etc/sysconfig/{unit}"),
            table(&opened, &rules.trusted, is_six),
            0o600,
            (0, 0),
        );
        services::enable_where_there(inside, unit);
    }
    true
}

/// Finds the port of a service in the text of /etc/services.
fn port(text: &str, service: &str) -> Option<u16> {
    let mut rows = text.lines().map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    let listed = rows.find_map(|mut words| {
        let name = words.next()?;
        let (port, protocol) = words.next()?.split_once('/')?;
        let ours = protocol == "tcp" && (name == service || words.any(|alias| alias == service));
        if ours { port.parse().ok() } else { None }
    });
    listed.or_else(|| KNOWN.iter().find(|(known, _)| *known == service).map(|(_, port)| *port))
}

fn table(opened: &[(String, String)], trusted: &[String], six: bool) -> String {
    let (icmp, reject) =
        if six { ("ipv6-icmp", "icmp6-adm-prohibited") } else { ("icmp", "icmp-host-prohibited") };
    let mut lines: Vec<String> =
        ["*filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"]
            .map(str::to_owned)
            .into();
    lines.push("-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT".into());
    lines.push(format!("-A INPUT -p {icmp} -j ACCEPT"));
    lines.push("-A INPUT -i lo -j ACCEPT".into());
    lines.extend(trusted.iter().map(|device| format!("-A INPUT -i {device} -j ACCEPT")));
    lines.extend(opened.iter().map(|(port, protocol)| {
        let port = port.replace('-', ":");
        format!("-A INPUT -m state --state NEW -m {protocol} -p {protocol} --dport {port} -j ACCEPT")
    }));
    lines.push(format!("-A INPUT -j REJECT --reject-with {reject}"));
    lines.push(format!("-A FORWARD -j REJECT --reject-with {reject}"));
    lines.push("COMMIT".into());
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_those_of_the_image() {
        let text = "ssh\t22/tcp # x\nhttp 81/tcp www\nntp 123/udp\n";
        assert_eq!(
            ["ssh", "www", "ntp", "ftp", "x"].map(|name| port(text, name)),
            [Some(22), Some(81), None, Some(21), None]
        );
    }
}
