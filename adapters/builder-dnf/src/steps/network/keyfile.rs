//! A device as NetworkManager reads it; pure.

use std::fmt::Display;
use std::net::IpAddr;

use uuid::Uuid;

use super::device::{Device, Four, Six, Which};

pub(super) fn text(device: &Device, uuid: Uuid) -> String {
    let name = device.name();
    let mut lines =
        vec!["[connection]".into(), format!("id={name}"), format!("uuid={uuid}"), "type=ethernet".into()];
    if let Which::Named(name) = &device.which {
        lines.push(format!("interface-name={name}"));
    }
    if !device.on_boot {
        lines.push("autoconnect=false".into());
    }
    lines.extend([String::new(), "[ethernet]".into()]);
    if let Which::Mac(mac) = &device.which {
        lines.push(format!("mac-address={}", mac.to_ascii_uppercase()));
    }
    lines.extend(device.mtu.map(|mtu| format!("mtu={mtu}")));
    lines.extend([String::new(), "[ipv4]".into()]);
    lines.extend(match &device.four {
        Four::Dhcp => vec!["method=auto".into()],
        Four::Off => vec!["method=disabled".into()],
        Four::Static { address, prefix, gateway } => fixed(address, *prefix, gateway.as_ref()),
    });
    common(device, IpAddr::is_ipv4, device.four == Four::Off, &mut lines);
    lines.extend([String::new(), "[ipv6]".into()]);
    lines.extend(match &device.six {
        Six::Auto => vec!["method=auto".into()],
        Six::Dhcp => vec!["method=dhcp".into()],
        Six::Off => vec!["method=disabled".into()],
        Six::Static { address, prefix, gateway } => fixed(address, *prefix, gateway.as_ref()),
    });
    common(device, IpAddr::is_ipv6, device.six == Six::Off, &mut lines);
    lines.join("\n") + "\n"
}

/// An address that does not change, of either kind.
fn fixed(address: &impl Display, prefix: u32, gateway: Option<&impl Display>) -> Vec<String> {
    let gateway = gateway.map(|gateway| format!("gateway={gateway}"));
    ["method=manual".into(), format!("address1={address}/{prefix}")].into_iter().chain(gateway).collect()
}

fn common(device: &Device, ours: impl Fn(&IpAddr) -> bool, off: bool, lines: &mut Vec<String>) {
    if off {
        return;
    }
    let names: String =
        device.nameservers.iter().filter(|name| ours(name)).map(|name| format!("{name};")).collect();
    lines.extend((!names.is_empty()).then(|| format!("dns={names}")));
    let search: String = device.search.iter().map(|name| format!("{name};")).collect();
    lines.extend((!search.is_empty()).then(|| format!("dns-search={search}")));
    lines.extend((!device.own_dns).then(|| "ignore-auto-dns=true".to_owned()));
    lines.extend((!device.default_route).then(|| "never-default=true".to_owned()));
}
