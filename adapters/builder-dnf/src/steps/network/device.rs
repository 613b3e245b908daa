//! One network device, as a `network` line describes it; pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use img_kickstart::arguments::Arguments;

/// Which devices a line is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Which {
    Named(String),
    Mac(String),
    /// Whatever has a cable.
    Any,
}

/// How IPv4 addresses come.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Four {
    Dhcp,
    Static { address: Ipv4Addr, prefix: u32, gateway: Option<Ipv4Addr> },
    Off,
}

/// How IPv6 addresses come.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Six {
    Auto,
    Dhcp,
    Static { address: Ipv6Addr, prefix: u32, gateway: Option<Ipv6Addr> },
    Off,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Device {
    pub(super) which: Which,
    pub(super) four: Four,
    pub(super) six: Six,
    pub(super) nameservers: Vec<IpAddr>,
    pub(super) search: Vec<String>,
    /// Whether the nameservers of DHCP are taken.
    pub(super) own_dns: bool,
    pub(super) on_boot: bool,
    pub(super) default_route: bool,
    pub(super) mtu: Option<u32>,
}

/// Options of `network` that have an effect; all but the first are about a device.
pub(crate) const OPTIONS: &[&str] = &[
    "--hostname",
    "--device",
    "--bootproto",
    "--ip",
    "--netmask",
    "--gateway",
    "--nameserver",
    "--onboot",
    "--mtu",
    "--ipv6",
    "--ipv6gateway",
    "--noipv4",
    "--noipv6",
    "--nodefroute",
    "--nodns",
    "--ipv4-dns-search",
    "--ipv6-dns-search",
    "--ipv4-ignore-auto-dns",
    "--ipv6-ignore-auto-dns",
];

/// Options that make something else of a line than a device with a plug; each is warned about as having no effect.
pub(crate) const OTHER_DEVICES: &[&str] =
    &["--vlanid", "--bondslaves", "--bridgeslaves", "--teamslaves", "--essid", "--wepkey", "--wpakey"];

impl Device {
    /// Reads a line; `None` when it is about no device of ours, an error is a clause.
    pub(super) fn read(of: &Arguments<'_>) -> Result<Option<Device>, String> {
        let is_other = OTHER_DEVICES.iter().any(|option| of.has(option));
        if is_other || !OPTIONS[1..].iter().any(|option| of.has(option)) {
            return Ok(None);
        }
        let mut search = of.list("--ipv4-dns-search");
        search.extend(of.list("--ipv6-dns-search"));
        search.retain(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "._-~".contains(c)));
        let ignored = ["--nodns", "--ipv4-ignore-auto-dns", "--ipv6-ignore-auto-dns"];
        Ok(Some(Device {
            which: which(of.value("--device").unwrap_or("link"))?,
            four: four(of)?,
            six: six(of)?,
            nameservers: of
                .list("--nameserver")
                .iter()
                .map(|name| address(name, "--nameserver"))
                .collect::<Result<_, _>>()?,
            search,
            own_dns: !ignored.iter().any(|option| of.has(option)),
            on_boot: !of.says_no("--onboot"),
            default_route: !of.has("--nodefroute"),
            mtu: of.value("--mtu").map(|mtu| number(mtu, "--mtu", 65_535)).transpose()?,
        }))
    }

    /// Returns what people call it.
    pub(super) fn title(&self) -> String {
        match &self.which {
            Which::Named(name) => format!("--device={name}"),
            Which::Mac(mac) => format!("--device={mac}"),
            Which::Any => "a line about whatever has a cable".to_owned(),
        }
    }

    /// Returns what its file is called.
    pub(super) fn name(&self) -> String {
        match &self.which {
            Which::Named(name) => name.clone(),
            Which::Mac(mac) => mac.replace(':', ""),
            Which::Any => "link".to_owned(),
        }
    }
}

fn which(name: &str) -> Result<Which, String> {
    let parts: Vec<_> = name.split(':').collect();
    let is_mac =
        parts.len() == 6 && parts.iter().all(|part| part.len() == 2 && u8::from_str_radix(part, 16).is_ok());
    let fits = !name.is_empty()
        && name.len() < 16
        && !name.starts_with(['.', '-'])
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    match name {
        "link" | "bootif" | "ibft" => Ok(Which::Any),
        _ if is_mac => Ok(Which::Mac(name.to_ascii_lowercase())),
        _ if fits => Ok(Which::Named(name.to_owned())),
        _ => Err(format!("--device={name} is no name of a network device, as eth0 is")),
    }
}

fn four(of: &Arguments<'_>) -> Result<Four, String> {
    if of.has("--noipv4") {
        return Ok(Four::Off);
    }
    let is_static =
        of.value("--bootproto") == Some("static") || of.value("--bootproto").is_none() && of.has("--ip");
    if !is_static {
        return Ok(Four::Dhcp);
    }
    match of.value("--ip") {
        None if of.value("--ipv6").is_some_and(|six| six.contains(':')) => Ok(Four::Off),
        None => Err("--bootproto=static has no effect without --ip and --netmask".to_owned()),
        Some(ip) => {
            let mask: Ipv4Addr = address(of.value("--netmask").unwrap_or("255.255.255.0"), "--netmask")?;
            let bits = u32::from(mask);
            let prefix = bits.leading_ones();
            if bits.count_ones() != prefix {
                return Err(format!("--netmask={mask} should be as 255.255.255.0"));
            }
            let gateway = of.value("--gateway").map(|text| address(text, "--gateway")).transpose()?;
            Ok(Four::Static { address: address(ip, "--ip")?, prefix, gateway })
        }
    }
}

fn six(of: &Arguments<'_>) -> Result<Six, String> {
    if of.has("--noipv6") {
        return Ok(Six::Off);
    }
    match of.value("--ipv6") {
        None | Some("auto") => Ok(Six::Auto),
        Some("dhcp") => Ok(Six::Dhcp),
        Some(text) => {
            let (ip, prefix) = text.split_once('/').unwrap_or((text, "64"));
            let gateway = of.value("--ipv6gateway").map(|text| address(text, "--ipv6gateway")).transpose()?;
            Ok(Six::Static {
                address: address(ip, "--ipv6")?,
                prefix: number(prefix, "--ipv6", 128)?,
                gateway,
            })
        }
    }
}

fn address<A: std::str::FromStr>(text: &str, option: &str) -> Result<A, String> {
    text.parse().map_err(|_| format!("{option}={text} is no address"))
}

fn number(text: &str, option: &str, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| format!("{option}={text} should be a number of at most {most}"))
}
