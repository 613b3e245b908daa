//! `[ldap]` and `[web] remote_user_header`: who else says that somebody is who they say.

#[cfg(feature = "ldap")]
mod ldap;

use std::collections::BTreeSet;
use std::sync::Arc;

use config::Configuration;
use rest::RemoteUser;

const WEB: &str = "web";
const LDAP: &str = "ldap";

/// Headers that mean something else already, or that browsers send as they like.
const TAKEN: [&str; 8] = [
    "authorization",
    "cookie",
    "host",
    "origin",
    "referer",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-proto",
];

/// Who knows people of a site besides itself.
#[derive(Default)]
pub(crate) struct People {
    /// A directory, where there is one.
    pub(crate) directory: Option<Arc<dyn imaging::Directory>>,
    /// A proxy, where there is one.
    pub(crate) proxy: Option<RemoteUser>,
}

/// Reads who knows people; what is wrong is noted. Nobody is asked.
pub(crate) fn people(site: &mut Configuration) -> People {
    People { directory: directory(site), proxy: proxy(site) }
}

/// Reads `[ldap]`.
pub(crate) fn directory(site: &mut Configuration) -> Option<Arc<dyn imaging::Directory>> {
    if !site.yes(LDAP, "use_ldap") {
        return None;
    }
    #[cfg(feature = "ldap")]
    return ldap::directory(site);
    #[cfg(not(feature = "ldap"))]
    {
        site.mistake(
            LDAP,
            "use_ldap",
            "needs a program that was made with the feature `ldap`: set it to no, or install one",
        );
        None
    }
}

/// Reads by which header which proxies say who looks at pages.
fn proxy(site: &mut Configuration) -> Option<RemoteUser> {
    let header = site.text(WEB, "remote_user_header");
    let proxies = site.list(WEB, "trusted_proxies");
    let Some(header) = header else {
        if !proxies.is_empty() {
            site.mistake(
                WEB,
                "trusted_proxies",
                "needs remote_user_header, the header by which they say who looks at pages",
            );
        }
        return None;
    };
    if proxies.is_empty() {
        site.mistake(
            WEB,
            "remote_user_header",
            "needs trusted_proxies, the addresses of the proxies that send it, as 127.0.0.1: from nobody else it counts",
        );
        return None;
    }
    if proxies.iter().any(|proxy| proxy.ends_with("/0")) {
        site.mistake(
            WEB,
            "trusted_proxies",
            "should be the addresses of proxies alone: everybody could say who they are",
        );
        return None;
    }
    let groups: BTreeSet<_> = site.list(WEB, "remote_user_groups").into_iter().collect();
    let is_taken = TAKEN.iter().any(|taken| header.eq_ignore_ascii_case(taken));
    let proxy = RemoteUser::new(&header, &proxies, groups).filter(|_| !is_taken);
    if proxy.is_none() {
        let wrong = format!("should be the name of a header of its own, as X-Remote-User, not `{header}`");
        site.mistake(WEB, "remote_user_header", wrong);
    }
    proxy
}

#[cfg(test)]
mod tests;
