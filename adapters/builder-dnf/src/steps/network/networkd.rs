//! A device as systemd-networkd reads it; pure.

use super::device::{Device, Four, Six, Which};

pub(super) fn text(device: &Device) -> String {
    let mut lines = vec!["[Match]".to_owned()];
    lines.push(match &device.which {
        Which::Named(name) => format!("Name={name}"),
        Which::Mac(mac) => format!("MACAddress={mac}"),
        Which::Any => "Type=ether".to_owned(),
    });
    lines.extend([String::new(), "[Link]".into()]);
    lines.extend(device.mtu.map(|mtu| format!("MTUBytes={mtu}")));
    lines.extend((!device.on_boot).then(|| "ActivationPolicy=manual".to_owned()));
    lines.extend([String::new(), "[Network]".into()]);
    let dhcp = match (&device.four, &device.six) {
        (Four::Dhcp, Six::Dhcp) => "yes",
        (Four::Dhcp, _) => "ipv4",
        (_, Six::Dhcp) => "ipv6",
        _ => "no",
    };
    lines.push(format!("DHCP={dhcp}"));
    if let Four::Static { address, prefix, gateway } = &device.four {
        lines.push(format!("Address={address}/{prefix}"));
        lines.extend(gateway.filter(|_| device.default_route).map(|gateway| format!("Gateway={gateway}")));
    }
    match &device.six {
        Six::Static { address, prefix, gateway } => {
            lines.push(format!("Address={address}/{prefix}"));
            lines
                .extend(gateway.filter(|_| device.default_route).map(|gateway| format!("Gateway={gateway}")));
        }
        Six::Off => lines.extend(["LinkLocalAddressing=ipv4", "IPv6AcceptRA=no"].map(str::to_owned)),
        Six::Auto | Six::Dhcp => {}
    }
    lines.extend(device.nameservers.iter().map(|name| format!("DNS={name}")));
    lines.extend((!device.search.is_empty()).then(|| format!("Domains={}", device.search.join(" "))));
    for heading in ["[DHCPv4]", "[DHCPv6]"] {
        if !device.own_dns {
            lines.extend([String::new(), heading.into(), "UseDNS=no".into()]);
        }
        if !device.default_route && heading == "[DHCPv4]" {
            lines.extend([String::new(), heading.into(), "UseGateway=no".into()]);
        }
    }
    lines.join("\n") + "\n"
}
