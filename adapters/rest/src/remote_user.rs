//! Who looks at pages, where a proxy logs people in: a header that counts only when it comes from that proxy.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName};
use imaging::{account_name, now_ms};
use ipnet::IpNet;

use crate::caller::Address;
use crate::problem::Problem;

/// Whoever sends the header without being the proxy is told of once in this time.
const TOLD_MS: i64 = 60_000;

/// A proxy that logs people in, and says in a header who they are.
#[derive(Debug)]
pub struct RemoteUser {
    header: HeaderName,
    proxies: Vec<IpNet>,
    /// The groups of people seen for the first time.
    pub groups: BTreeSet<String>,
    told_ms: AtomicI64,
}

impl RemoteUser {
    /// Reads the name of the header and the proxies, as `127.0.0.1`, `10.1.0.0/16` or `fd00::/8`; `None` when one is none.
    pub fn new(header: &str, proxies: &[String], groups: BTreeSet<String>) -> Option<RemoteUser> {
        let network = |text: &String| text.parse().ok().or_else(|| text.parse().ok().map(IpAddr::into));
        Some(RemoteUser {
            header: header.parse().ok()?,
            proxies: proxies.iter().map(network).collect::<Option<_>>()?,
            groups,
            told_ms: AtomicI64::new(0),
        })
    }

    /// Returns the name of the header.
    pub fn header(&self) -> &str {
        self.header.as_str()
    }

    /// Returns the name the proxy at this address gives; `None` when it gives none, or is not the proxy.
    pub fn name(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Option<String>, Problem> {
        let mut values = headers.get_all(&self.header).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if !self.trusts(peer) {
            let now = now_ms();
            let before = self.told_ms.load(Ordering::Relaxed);
            if now - before >= TOLD_MS {
                self.told_ms.store(now, Ordering::Relaxed);
                tracing::warn!(
                    "{peer} sends the header {}, and is none of [web] trusted_proxies: it does not count",
                    self.header
                );
            }
            return Ok(None);
        }
        let odd =
            || Problem::unreadable(format!("the proxy sends more or else than one name in {}", self.header));
        if values.next().is_some() {
            return Err(odd()); // one may be of the browser
        }
        let name = value.to_str().map_err(|_| odd())?.trim();
        Ok((!name.is_empty()).then(|| name.to_owned()))
    }

    /// Returns the account the proxy names, to tell people apart by; none of a request that is not its own.
    pub(crate) fn account(&self, request: &Request) -> Option<String> {
        let name = request.headers().get(&self.header)?.to_str().ok()?.trim();
        let name = account_name(name).ok()?;
        self.trusts(Address::of(request.extensions()).0).then_some(name)
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.proxies.iter().any(|network| network.contains(&peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_counts_from_the_proxy_only() {
        let proxies = ["127.0.0.1", "10.1.0.0/16", "fd00:1::/32", "2001:db8::7"].map(str::to_owned);
        let proxy = RemoteUser::new("X-Remote-User", &proxies, BTreeSet::new()).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-remote-user", "ana".parse().unwrap());
        for (peer, counts) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("10.1.200.3", true),
            ("127.0.0.2", false),
            ("10.2.0.1", false),
            ("::1", false),
            ("fd00:1:2::3", true),
            ("fd00:2::3", false),
            ("2001:db8::7", true),
            ("2001:db8::8", false),
        ] {
            let name = proxy.name(peer.parse().unwrap(), &headers).unwrap();
            assert_eq!(name.as_deref(), counts.then_some("ana"), "{peer}");
        }
        headers.append("x-remote-user", "root".parse().unwrap());
        assert!(proxy.name("127.0.0.1".parse().unwrap(), &headers).is_err(), "one of two is not chosen");
        assert!(RemoteUser::new("a header", &proxies, BTreeSet::new()).is_none());
    }
}
