//! Where a server is.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::ClientError;

/// Signs that can stand in a part of a path as they are.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The address of a server, as `https://img.example` or `http://127.0.0.1:8088`.
///
/// Invariant: it has the scheme http or https and a host, and neither a login nor a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Arc<Url>); // each error has one

impl Address {
    /// Reads an address; one behind a proxy may have a path.
    pub fn parse(text: &str) -> Result<Address, ClientError> {
        let wrong = |why: &str| ClientError::Usage(format!("{why}: a server is as https://img.example"));
        if !text.contains("://") {
            return Err(wrong(&format!("{text:?} says neither http:// nor https://")));
        }
        let url =
            Url::parse(text.trim()).map_err(|error| wrong(&format!("{text:?} is no address ({error})")))?;
        if !url.username().is_empty() || url.password().is_some() {
            // not said again: a password would come into logs
            return Err(wrong(
                "the address of the server has a login in it, which belongs into a token file",
            ));
        }
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong(&format!("{text:?} says neither http:// nor https://, or no host")));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong(&format!("{text:?} goes on after its path")));
        }
        Ok(Address(Arc::new(url)))
    }

    /// Tells whether what is sent stays on this machine or is encrypted.
    pub fn is_private(&self) -> bool {
        self.0.scheme() == "https" || self.is_loopback()
    }

    /// Tells whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Tells whether TLS is spoken.
    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Returns the address of something below `/api/v1`, part for part; no part leads up.
    pub(crate) fn of(&self, parts: &[&str]) -> Url {
        let mut path = self.0.path().trim_end_matches('/').to_owned();
        path.push_str("/api/v1");
        for part in parts {
            // a part of dots would be taken for a way up
            let part = if part.bytes().all(|byte| byte == b'.') { "-" } else { part };
            path.push('/');
            path.push_str(&utf8_percent_encode(part, PLAIN).to_string());
        }
        let mut url = Url::clone(&self.0);
        url.set_path(&path);
        url
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_is_http_without_secrets() {
        for (text, url) in [
            ("http://127.0.0.1:8088", "http://127.0.0.1:8088/api/v1/jobs/a%2Fb%20%C3%A9"),
            ("https://img.example/", "https://img.example/api/v1/jobs/a%2Fb%20%C3%A9"),
            ("https://site.example/img/", "https://site.example/img/api/v1/jobs/a%2Fb%20%C3%A9"),
        ] {
            assert_eq!(Address::parse(text).unwrap().of(&["jobs", "a/b é"]).as_str(), url);
        }
        for (text, words) in [
            ("img.example", "says neither http:// nor https://"),
            ("localhost:8088", "says neither"),
            ("ftp://img.example", "says neither"),
            ("http://", "is no address"),
            ("https://ana:secret@img.example", "has a login in it"),
            ("https://img.example/?a=b", "goes on after its path"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{text}: {error}");
        }
        let up = Address::parse("http://h/img").unwrap().of(&["jobs", "..", "."]);
        assert_eq!(up.as_str(), "http://h/img/api/v1/jobs/-/-");
    }

    #[test]
    fn what_stays_here_or_is_encrypted_is_private() {
        for (text, is_private) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost", true),
            ("https://img.example", true),
            ("http://img.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(Address::parse(text).unwrap().is_private(), is_private, "{text}");
        }
    }
}
