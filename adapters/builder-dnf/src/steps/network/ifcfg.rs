//! A device as the network-scripts of older systems read it; pure.

use super::device::{Device, Four, Six, Which};

pub(super) fn text(device: &Device) -> String {
    let mut lines = vec![match &device.which {
        Which::Mac(mac) => format!("HWADDR={mac}"),
        Which::Named(_) | Which::Any => format!("DEVICE={}", device.name()),
    }];
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    lines.extend(["TYPE=Ethernet".to_owned(), format!("ONBOOT={}", yes(device.on_boot))]);
    match &device.four {
        Four::Dhcp => lines.push("BOOTPROTO=dhcp".into()),
        Four::Off => lines.push("BOOTPROTO=none".into()),
        Four::Static { address, prefix, gateway } => {
            lines.extend([
                "BOOTPROTO=none".to_owned(),
                format!("IPADDR={address}"),
                format!("PREFIX={prefix}"),
            ]);
            lines.extend(gateway.map(|gateway| format!("GATEWAY={gateway}")));
        }
    }
    match &device.six {
        Six::Auto => lines.push("IPV6INIT=yes".into()),
        Six::Off => lines.push("IPV6INIT=no".into()),
        Six::Dhcp => lines.extend(["IPV6INIT=yes", "IPV6_AUTOCONF=no", "DHCPV6C=yes"].map(str::to_owned)),
        Six::Static { address, prefix, gateway } => {
            lines.extend([
                "IPV6INIT=yes".to_owned(),
                "IPV6_AUTOCONF=no".into(),
                format!("IPV6ADDR={address}/{prefix}"),
            ]);
            lines.extend(gateway.map(|gateway| format!("IPV6_DEFAULTGW={gateway}")));
        }
    }
    let names = device.nameservers.iter().zip(1..);
    lines.extend(names.map(|(name, number)| format!("DNS{number}={name}")));
    lines.extend((!device.search.is_empty()).then(|| format!("DOMAIN=\"{}\"", device.search.join(" "))));
    lines.extend((!device.own_dns).then(|| "PEERDNS=no".to_owned()));
    lines.extend((!device.default_route).then(|| "DEFROUTE=no".to_owned()));
    lines.extend(device.mtu.map(|mtu| format!("MTU={mtu}")));
    lines.join("\n") + "\n"
}
