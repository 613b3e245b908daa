//! Network devices, for whatever in the image looks after them.

mod device;
mod ifcfg;
mod keyfile;
mod networkd;

use img_kickstart::{At, Kickstart};

use crate::inside::Inside;
use crate::plan::Uuids;
use crate::steps::services;
use device::{Device, Which};

pub(crate) use device::OPTIONS;

/// Carries out `network` lines that say more than a name.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, uuids: &Uuids, warnings: &mut Vec<String>) {
    for command in kickstart.commands().filter(|command| command.name() == "network") {
        let device = match Device::read(&command.arguments()) {
            Ok(Some(device)) => device,
            Ok(None) => continue,
            Err(why) => {
                warnings.push(format!("{}: `network`: {why}", At(command.line)));
                continue;
            }
        };
        let name = device.name();
        if inside.has("/etc/NetworkManager") {
            let file = format!("/etc/NetworkManager/system-connections/{name}.nmconnection");
            let uuid = uuids.of(&format!("network {name}"));
            inside.set_as(&file, keyfile::text(&device, uuid), 0o600, (0, 0));
            services::enable_where_there(inside, "NetworkManager");
        } else if inside.has("/etc/sysconfig/network-scripts") {
            match device.which {
                Which::Any => warnings.push(format!(
                    "{}: `network`: the network-scripts of the image need a --device with a name",
                    At(command.line)
                )),
                _ => {
                    inside.set(&format!("/etc/sysconfig/network-scripts/ifcfg-{name}"), ifcfg::text(&device))
                }
            }
            inside.set("/etc/sysconfig/network", "NETWORKING=yes\n");
        } else if services::is_there(inside, "systemd-networkd") {
            inside.set(&format!("/etc/systemd/network/10-{name}.network"), networkd::text(&device));
            services::enable_where_there(inside, "systemd-networkd");
        } else {
            warnings.push(format!(
                "{}: `network`: the image has neither NetworkManager, network-scripts nor systemd-networkd",
                At(command.line)
            ));
        }
    }
}
