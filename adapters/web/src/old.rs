//! The addresses of the old versions, below `/img/`, lead to those of today.

use axum::extract::Path;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::routes::Pages;
use crate::show::link;
use crate::trouble::Trouble;
use crate::visitor::Guest;

pub(crate) fn routes() -> Pages {
    Pages::new().route("/img", get(home)).route("/img/", get(home)).route("/img/{*path}", get(moved))
}

async fn home() -> Response {
    to("/")
}

async fn moved(guest: Guest, Path(path): Path<String>) -> Response {
    match guest.person {
        Some(person) => to(&place(&path, &person.name)),
        // whose jobs are meant is known after that
        None if path.starts_with("queue/filter") => Trouble::LogIn(format!("/img/{path}")).into_response(),
        None => to(&place(&path, "")),
    }
}

fn to(place: &str) -> Response {
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

/// Returns where what stood at this address is today; `me` is who asks.
fn place(path: &str, me: &str) -> String {
    let query = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts[..] {
        ["submit", ..] => "/submit".into(),
        ["queue"] => "/queue".into(),
        ["queue", "filter"] => format!("/queue?user={}", query(me)),
        ["queue", "filter", queue] => format!("/queue?user={}&queue={}", query(me), query(queue)),
        ["queue", queue] => format!("/queue?queue={}", query(queue)),
        ["job", "delete", id] => format!("/job/{}/delete", link(id)),
        ["job", "retry", id] => format!("/job/{}/retry", link(id)),
        ["job", "retest" | "togglepin", id] | ["job" | "images", id] => format!("/job/{}", link(id)),
        ["search", tag] => format!("/queue?tag={}", query(tag)),
        ["search"] => "/search".into(),
        ["admin", ..] => "/admin".into(),
        ["login"] => "/login".into(),
        _ => "/".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn old_addresses_lead_on() {
        for (old, new) in [
            ("submit/", "/submit"),
            ("queue/", "/queue"),
            ("queue/web/", "/queue?queue=web"),
            ("queue/filter/", "/queue?user=ana"),
            ("queue/filter/web/", "/queue?user=ana&queue=web"),
            ("job/demo-1", "/job/demo-1"),
            ("job/delete/demo-1", "/job/demo-1/delete"),
            ("job/retry/demo-1", "/job/demo-1/retry"),
            ("job/togglepin/demo-1", "/job/demo-1"),
            ("images/demo-1", "/job/demo-1"),
            ("search/night ly&x=1", "/queue?tag=night%20ly%26x%3D1"),
            ("//evil.example", "/"),
            ("nothing/like/that", "/"),
        ] {
            assert_eq!(place(old, "ana"), new, "{old}");
        }
    }
}
