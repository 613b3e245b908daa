//! Which addresses are below which.

use ureq::http::Uri;

/// An address below which files are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    scheme: String,
    host: String,
    port: u16,
    /// Ends in a slash.
    path: String,
}

impl Base {
    /// Reads an address; none when it has a login, or is not of HTTP.
    pub(crate) fn read(text: &str) -> Option<Base> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        if text.contains(odd) {
            return None;
        }
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let usual = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') || uri.query().is_some() {
            return None;
        }
        let path = uri.path().trim_end_matches('/');
        let host = authority.host().to_ascii_lowercase();
        Some(Base { scheme, host, port: uri.port_u16().unwrap_or(usual), path: format!("{path}/") })
    }

    /// Tells whether an address is below this one.
    pub(crate) fn has(&self, url: &str) -> bool {
        let Some(other) = Base::read(url) else { return false };
        let lower = other.path.to_ascii_lowercase();
        let climbs = lower.replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
        let climbs = climbs.split('/').any(|part| part == "..");
        !climbs
            && (&other.scheme, &other.host, other.port) == (&self.scheme, &self.host, self.port)
            && other.path.starts_with(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn only_what_is_below_is_fetched() {
        let base = Base::read("http://worker:8000/images/").unwrap();
        for (url, is_below) in [
            ("http://worker:8000/images/web/ana/id/n.log", true),
            ("HTTP://WORKER:8000/images/x", true),
            ("http://worker:8000/images/x%20y", true),
            ("http://worker:8000/imagesx/n", false),
            ("http://worker:8000/", false),
            ("http://worker/images/n", false),
            ("http://worker:80/images/n", false),
            ("https://worker:8000/images/n", false),
            ("http://worker:8000@evil/images/n", false),
            ("http://evil/?http://worker:8000/images/n", false),
            ("http://worker:8000.evil/images/n", false),
            ("http://worker:8000/images/../secret", false),
            ("http://worker:8000/images/%2e%2E/secret", false),
            ("http://worker:8000/images/..%2fsecret", false),
            ("http://worker:8000/images\\@evil/n", false),
            ("http://169.254.169.254/latest", false),
            ("file:///images/n", false),
            ("", false),
        ] {
            assert_eq!(base.has(url), is_below, "{url}");
        }
        assert_eq!(Base::read("http://a/b").map(|base| base.port), Some(80));
        assert!(Base::read("http://user:password@worker/images").is_none());
        assert!(Base::read("http://a/b").unwrap().has("http://a:80/b/c"));
    }
}
