//! Names and passwords in addresses; pure.

/// Returns an address without the name and password it may hold: sentences and images are shown to many.
pub(crate) fn without_password(url: &str) -> String {
    match parts(url) {
        Some((scheme, _, rest)) => format!("{scheme}://{rest}"),
        None => url.to_owned(),
    }
}

/// Returns the name and password of an address with the `@` behind them.
pub(super) fn password(url: &str) -> Option<&str> {
    parts(url).map(|(_, password, _)| password).filter(|password| !password.is_empty())
}

/// Divides an address: the scheme, the name and password with their `@`, and the rest.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let place = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    let (password, rest) = rest.split_at(place.rfind('@').map_or(0, |at| at + 1));
    Some((scheme, password, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (url, shown, hidden) in [
            ("http://ana:s3cret@repo.example:80/a@b/", "http://repo.example:80/a@b/", Some("ana:s3cret@")),
            ("https://repo.example/", "https://repo.example/", None),
            ("http://ana:p@ss@repo.example?x=@", "http://repo.example?x=@", Some("ana:p@ss@")),
            ("file:///srv/a@repo", "file:///srv/a@repo", None),
            ("nothing", "nothing", None),
        ] {
            assert_eq!((without_password(url).as_str(), password(url)), (shown, hidden));
        }
    }
}
