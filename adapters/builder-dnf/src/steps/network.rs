//! Network devices, for whatever in the image looks after them.

mod device;
mod ifcfg;
mod keyfile;
mod networkd;

use img_kickstart::{At, Kickstart};

use crate::inside::Inside;
use crate::plan::Uuids;
use crate::steps::{config, services};
use device::{Device, Which};

pub(crate) use device::{OPTIONS, OTHER_DEVICES};

/// Carries out `network` lines that say more than a name; of two about one device the last counts.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, uuids: &Uuids, warnings: &mut Vec<String>) {
    let mut devices: Vec<(usize, Device)> = Vec::new();
    for command in kickstart.commands().filter(|command| command.name() == "network") {
        let line = command.line;
        match Device::read(&command.arguments()) {
            Ok(Some(device)) => {
                let again = |(_, known): &(usize, Device)| known.name() == device.name();
                for (earlier, _) in devices.extract_if(.., |known| again(known)) {
                    warnings.push(format!(
                        "{}: `network`: {} has no effect: {} is about it again",
                        At(earlier),
                        device.title(),
                        At(line)
                    ));
                }
                devices.push((line, device));
            }
            Ok(None) => {}
            Err(why) => warnings.push(format!("{}: `network`: {why}", At(line))),
        }
    }
    for (line, device) in devices {
        warnings.extend(write(inside, &device, uuids).map(|why| format!("{}: `network`: {why}", At(line))));
    }
}

/// Writes the file of a device; says why it has no effect.
fn write(inside: &mut Inside, device: &Device, uuids: &Uuids) -> Option<&'static str> {
    let name = device.name();
    if inside.has("/etc/NetworkManager") {
        let file = format!("/etc/NetworkManager/system-connections/{name}.nmconnection");
        let uuid = uuids.of(&format!("network {name}"));
        inside.set_as(&file, keyfile::text(device, uuid), 0o600, (0, 0));
        services::enable_where_there(inside, "NetworkManager");
    } else if inside.has("/etc/sysconfig/network-scripts") {
        const FILE: &str = "/etc/sysconfig/network";
        let text = inside.text(FILE).unwrap_or_default();
        inside.set(FILE, config::with(&text, "NETWORKING", "yes"));
        if device.which == Which::Any {
            return Some("the network-scripts of the image need a --device with a name");
        }
        inside.set(&format!("/etc/sysconfig/network-scripts/ifcfg-{name}"), ifcfg::text(device));
    } else if services::is_there(inside, "systemd-networkd") {
        inside.set(&format!("/etc/systemd/network/10-{name}.network"), networkd::text(device));
        services::enable_where_there(inside, "systemd-networkd");
    } else {
        return Some("the image has neither NetworkManager, network-scripts nor systemd-networkd");
    }
    None
}
