//! Names for repositories that come as a bare URL.

/// Returns the name `build_ks` gives the repository at `url`: its path with `:/`, `/` and `@TOKEN@` as `_`.
///
/// ```
/// use img_kickstart::repo_name_from_url;
///
/// assert_eq!(repo_name_from_url("http://repo.example/live/Core:/Extra/@ARCH@"), "_live_Core_Extra__");
/// ```
pub fn repo_name_from_url(url: &str) -> String {
    let path = path(url).replace(":/", "_").replace('/', "_");
    let mut name = String::with_capacity(path.len());
    let mut copied = 0;
    for token in crate::tokens(&path) {
        name.push_str(&path[copied..token.span.start]);
        name.push('_');
        copied = token.span.end;
    }
    name.push_str(&path[copied..]);
    name
}

/// Returns the path of a URL, or all of it when it has no scheme.
fn path(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = &url[..end];
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url,
    }
}
