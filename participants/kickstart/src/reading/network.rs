//! `network`, `firewall` and `selinux` lines: how the image meets others.

use crate::document::Kickstart;

/// One `network` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// The line in the file.
    pub line: usize,
    /// `--hostname`.
    pub hostname: Option<String>,
    /// `--device`.
    pub device: Option<String>,
    /// `--bootproto`.
    pub bootproto: Option<String>,
    /// `--ip`.
    pub ip: Option<String>,
    /// `--netmask`.
    pub netmask: Option<String>,
    /// `--gateway`.
    pub gateway: Option<String>,
    /// `--nameserver`.
    pub nameserver: Vec<String>,
    /// `--onboot`; on unless it says no.
    pub onboot: bool,
    /// `--activate`.
    pub activate: bool,
}

/// The `firewall` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Firewall {
    /// The line in the file.
    pub line: usize,
    /// False with `--disabled`.
    pub enabled: bool,
    /// `--service`, and `ssh`, `http`, `smtp`, `ftp` for the options of that name.
    pub services: Vec<String>,
    /// `--port`, such as `8080:tcp`.
    pub ports: Vec<String>,
    /// `--trust`: devices.
    pub trust: Vec<String>,
}

/// The `selinux` line.
#[derive(Clone, Debug, PartialEq)]
pub struct Selinux {
    /// The line in the file.
    pub line: usize,
    /// What it asks for.
    pub mode: SelinuxMode,
}

/// What SELinux does in the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelinuxMode {
    /// `--enforcing`, which is also the default.
    Enforcing,
    /// `--permissive`.
    Permissive,
    /// `--disabled`.
    Disabled,
}

impl Kickstart {
    /// Returns the `network` lines in the order of the file.
    pub fn network(&self) -> Vec<Network> {
        let lines = self.called(&["network"]);
        let network = lines.map(|(line, of)| Network {
            line,
            hostname: of.owned("--hostname"),
            device: of.owned("--device"),
            bootproto: of.owned("--bootproto"),
            ip: of.owned("--ip"),
            netmask: of.owned("--netmask"),
            gateway: of.owned("--gateway"),
            nameserver: of.list("--nameserver"),
            onboot: !of.says_no("--onboot"),
            activate: of.has("--activate"),
        });
        network.collect()
    }

    /// Returns the `firewall` line; the last one counts.
    pub fn firewall(&self) -> Option<Firewall> {
        let (line, of) = self.called(&["firewall"]).last()?;
        let mut services = of.list("--service");
        for (option, service) in [("--ssh", "ssh"), ("--http", "http"), ("--smtp", "smtp"), ("--ftp", "ftp")]
        {
            if of.has(option) {
                services.push(service.to_owned());
            }
        }
        let enabled = !of.has("--disabled");
        Some(Firewall { line, enabled, services, ports: of.list("--port"), trust: of.list("--trust") })
    }

    /// Returns the `selinux` line; the last one counts.
    pub fn selinux(&self) -> Option<Selinux> {
        let (line, of) = self.called(&["selinux"]).last()?;
        let switch = of.given(&["--enforcing", "--permissive", "--disabled"]);
        let mode = match switch.map(|given| given.option.name) {
            Some("--permissive") => SelinuxMode::Permissive,
            Some("--disabled") => SelinuxMode::Disabled,
            _ => SelinuxMode::Enforcing,
        };
        Some(Selinux { line, mode })
    }
}
