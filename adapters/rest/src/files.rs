//! `/api/v1/jobs/{image_id}/files`: what a build left, on this machine or on the one that built it.

mod kind;
mod list;
mod place;
mod range;
mod send;

use percent_encoding::percent_decode_str;
use utoipa_axum::routes;

pub use self::list::{FileView, Files};
pub(crate) use self::place::{Opened, encoded, is_elsewhere, is_no, is_plain};
pub(crate) use self::send::{problem, send, send_text};
use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new().routes(routes!(list::list)).routes(routes!(list::download))
}

/// Returns the path of an address below another; none when it is not below it, or leads out.
pub fn below(above: &str, url: &str) -> Option<String> {
    let rest = url.strip_prefix(above.trim_end_matches('/'))?.strip_prefix('/')?;
    let path = percent_decode_str(rest).decode_utf8().ok()?.into_owned();
    if above.is_empty() || !place::is_plain(&path) { None } else { Some(path) }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn an_image_is_found_below_the_address_of_its_files() {
        for (above, url, path) in [
            ("http://img/a/id", "http://img/a/id/n.raw", Some("n.raw")),
            ("http://img/a/id/", "http://img/a/id/R/images/n%20x.raw", Some("R/images/n x.raw")),
            ("http://img/a/id", "http://img/a/id", None),
            ("http://img/a/id", "http://img/a/idx/n.raw", None),
            ("http://img/a/id", "http://img/a/id/%2e%2e/n.raw", None),
            ("http://img/a/id", "", None),
            ("", "/etc/passwd", None),
        ] {
            assert_eq!(below(above, url).as_deref(), path, "{url}");
        }
    }
}
