//! What of the network and of this machine the builds of a site reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use child::Network;
use img_kickstart::At;

use crate::plan::{Source, local};

/// What builds reach; by default, as for whoever builds at a terminal, everything this machine does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// What scripts reach of the network.
    pub scripts: Network,
    /// What kickstarts may name of this machine.
    pub local_sources: LocalSources,
}

/// What a kickstart may name of this machine: folders of it, and its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalSources {
    /// Everything.
    All,
    /// What begins with one of these addresses, as `file:///srv/repositories` and `http://127.0.0.1:8080/`.
    Only(Vec<String>),
}

impl Default for Reach {
    fn default() -> Reach {
        Reach { scripts: Network::Host, local_sources: LocalSources::All }
    }
}

impl Reach {
    /// Refuses what a kickstart names of this machine and nobody allowed; the error is a sentence. Knows addresses, not
    /// what names stand for.
    pub(crate) fn check(&self, sources: &[Source]) -> Result<(), String> {
        let LocalSources::Only(allowed) = &self.local_sources else { return Ok(()) };
        for (source, url) in addresses(sources) {
            let why = match host(url) {
                Host::File => "is a folder or file of this machine",
                Host::Numbers(address) if is_local(address) => "is an address of this machine or its link",
                Host::Name(name) if is_own_name(&name) => "is this machine",
                Host::Unclear => "has a name that can be read in several ways",
                Host::Numbers(_) | Host::Name(_) => continue,
            };
            if !is_allowed(allowed, url) {
                return Err(refusal(source, url, why));
            }
        }
        Ok(())
    }

    /// Refuses names that stand for addresses of this machine now. What they stand for later is up to the network of dnf.
    pub(crate) async fn check_names(&self, sources: &[Source], own: &[IpAddr]) -> Result<(), String> {
        let LocalSources::Only(allowed) = &self.local_sources else { return Ok(()) };
        for (source, url) in addresses(sources) {
            let found: Vec<IpAddr> = match host(url) {
                Host::Numbers(address) => vec![address],
                // A name nobody knows is what dnf will complain about.
                Host::Name(name) => match tokio::net::lookup_host((name.as_str(), 80)).await {
                    Ok(found) => found.map(|found| found.ip()).collect(),
                    Err(_) => continue,
                },
                Host::File | Host::Unclear => continue,
            };
            let ours = found.into_iter().find(|address| is_local(*address) || own.contains(address));
            if let Some(address) = ours.filter(|_| !is_allowed(allowed, url)) {
                let why = format!("leads to {address}, an address of this machine or its link");
                return Err(refusal(source, url, &why));
            }
        }
        Ok(())
    }

    /// Returns what dnf reaches: no more than the sources need.
    pub(crate) fn of_dnf(&self, sources: &[Source]) -> Network {
        let LocalSources::Only(allowed) = &self.local_sources else { return Network::Host };
        let on_the_net: Vec<_> =
            addresses(sources).filter(|(_, url)| host(url) != Host::File).map(|(_, url)| url).collect();
        if on_the_net.is_empty() {
            return Network::None;
        }
        let here = on_the_net.iter().any(|url| is_allowed(allowed, url));
        match &self.scripts {
            // the site closes networks for scripts; its repositories may well be there
            Network::Outside(_) if !here => Network::Outside(Vec::new()),
            _ => Network::Host,
        }
    }
}

fn addresses(sources: &[Source]) -> impl Iterator<Item = (&Source, &str)> {
    sources.iter().flat_map(|source| source.addresses().map(move |url| (source, url)))
}

fn refusal(source: &Source, url: &str, why: &str) -> String {
    let Source { name, line, .. } = source;
    let url = crate::plan::without_password(url);
    format!(
        "repository {name} ({line}): {url} {why}, which a kickstart reaches only when the site says so: name its \
         beginning in [worker] local_sources, or use another address",
        line = At(*line)
    )
}

/// Tells whether an address is below one that the site allows.
fn is_allowed(allowed: &[String], url: &str) -> bool {
    let below = |beginning: &String| match (local(url), local(beginning)) {
        (Some(path), Some(folder)) => path.starts_with(folder),
        (None, None) => {
            let slashed =
                |text: &str| format!("{}/", crate::plan::without_password(text).trim_end_matches('/'));
            let goes_up = url.contains("..") || url.to_ascii_lowercase().contains("%2e");
            slashed(url).starts_with(&slashed(beginning)) && !goes_up
        }
        _ => false,
    };
    allowed.iter().any(below)
}

/// The host of an address.
#[derive(Debug, PartialEq, Eq)]
enum Host {
    File,
    Numbers(IpAddr),
    Name(String),
    /// A text that programs do not read alike.
    Unclear,
}

fn host(url: &str) -> Host {
    if url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
        return Host::File;
    }
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest); // the address of a proxy may have no scheme
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit('@').next().unwrap_or_default();
    if let Some(inner) = place.strip_prefix('[') {
        let inner = inner.split([']', '%']).next().unwrap_or_default();
        return inner.parse::<Ipv6Addr>().map_or(Host::Unclear, |address| Host::Numbers(address.into()));
    }
    let name = place.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    if name.is_empty() || !name.is_ascii() || name.contains(['%', '\\']) {
        return Host::Unclear;
    }
    numbers(&name).map_or(Host::Name(name), |address| Host::Numbers(address.into()))
}

/// Reads an IPv4 address in every form that programs take: `127.1`, `0x7f.0.0.1`, `2130706433`.
fn numbers(text: &str) -> Option<Ipv4Addr> {
    let number = |part: &str| match part.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        None => part.parse::<u32>().ok(),
    };
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let high = first.iter().enumerate().map(|(at, part)| part << (24 - 8 * at)).sum::<u32>();
    let room = u32::MAX.checked_shr(8 * u32::try_from(first.len()).ok()?)?;
    (*last <= room).then(|| Ipv4Addr::from_bits(high | last))
}

fn is_own_name(name: &str) -> bool {
    name == "localhost" || [".localhost", ".localdomain"].iter().any(|end| name.ends_with(end))
}

/// Tells whether an address is of this machine or its link, wherever one stands.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_link_local() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => match v6.to_ipv4() {
            // mapped, and the old form that ::1 and :: look like as well
            Some(v4) => is_local(v4.into()) || v6.is_loopback(),
            None => v6.is_unicast_link_local(),
        },
    }
}

/// Returns the addresses this machine has now.
pub(crate) fn own_addresses() -> Vec<IpAddr> {
    let Ok(found) = nix::ifaddrs::getifaddrs() else { return Vec::new() };
    let addresses = found.filter_map(|interface| interface.address);
    let ip = |address: nix::sys::socket::SockaddrStorage| {
        let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
    };
    addresses.filter_map(ip).collect()
}

#[cfg(test)]
mod tests;
