//! The zones of firewalld, as `firewall-offline-cmd` leaves them.

use img_kickstart::At;

use super::Rules;
use crate::inside::Inside;
use crate::steps::{config, services};

const OURS: &str = "/etc/firewalld";
const SHIPPED: &str = "/usr/lib/firewalld";

/// Writes the rules into the default zone; false when the image has no firewalld.
pub(super) fn write(inside: &mut Inside, rules: &Rules, warnings: &mut Vec<String>) -> bool {
    let about = inside.text(&format!("{OURS}/firewalld.conf"));
    let default = about.as_deref().and_then(|text| config::value(text, "DefaultZone")).unwrap_or("public");
    let default: String =
        default.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
    let Some(mut zone) = zone(inside, &default) else { return false };
    for service in rules.services.iter().filter(|service| !rules.removed.contains(service)) {
        let places = [OURS, SHIPPED].map(|place| inside.has(&format!("{place}/services/{service}.xml")));
        if !places.contains(&true) {
            let line = At(rules.line);
            warnings.push(format!("{line}: the firewalld of the image knows no service {service}"));
            continue;
        }
        zone = with(&zone, &format!("<service name=\"{service}\"/>"));
    }
    for removed in &rules.removed {
        zone = without(&zone, &format!("<service name=\"{removed}\"/>"));
    }
    for (port, protocol) in &rules.ports {
        zone = with(&zone, &format!("<port port=\"{port}\" protocol=\"{protocol}\"/>"));
    }
    inside.set(&format!("{OURS}/zones/{default}.xml"), zone);
    if !rules.trusted.is_empty() {
        const ALL: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<zone target=\"ACCEPT\">\n  <short>Trusted</short>\n</zone>\n";
        let mut trusted = self::zone(inside, "trusted").unwrap_or_else(|| ALL.to_owned());
        for device in &rules.trusted {
            trusted = with(&trusted, &format!("<interface name=\"{device}\"/>"));
        }
        inside.set(&format!("{OURS}/zones/trusted.xml"), trusted);
    }
    services::enable_where_there(inside, "firewalld");
    true
}

fn zone(inside: &Inside, name: &str) -> Option<String> {
    let places = [OURS, SHIPPED].map(|place| inside.text(&format!("{place}/zones/{name}.xml")));
    places.into_iter().flatten().next()
}

/// Adds an element at the end of a zone, unless it is there.
fn with(zone: &str, element: &str) -> String {
    match zone.rfind("</zone>") {
        Some(end) if !zone.contains(element) => format!("{}  {element}\n{}", &zone[..end], &zone[end..]),
        _ => zone.to_owned(),
    }
}

fn without(zone: &str, element: &str) -> String {
    zone.lines().filter(|line| line.trim() != element).map(|line| format!("{line}\n")).collect()
}
