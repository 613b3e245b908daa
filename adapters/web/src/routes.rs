//! All addresses, and what every request goes through.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Method, Response as Answer, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use rest::{Problem, Rest};
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::trouble::{Trouble, see};
use crate::visitor::known;
use crate::{admin, assets, images, job, login, me, old, queue, repositories, start, submit};

pub(crate) type Pages = Router<Arc<Rest>>;

/// The longest form but that of an order, in bytes.
const LONGEST: usize = 1 << 20;

/// Nothing but what this service itself serves, no script within a page, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Returns all pages.
pub fn pages(rest: &Arc<Rest>) -> Router {
    let headers: [(HeaderName, &'static str); 6] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    let mut pages = Pages::new()
        .merge(start::routes())
        .merge(login::routes())
        .merge(queue::routes())
        .merge(job::routes())
        .merge(submit::routes())
        .merge(images::routes())
        .merge(repositories::routes())
        .merge(me::routes())
        .merge(admin::routes())
        .merge(old::routes())
        .fallback(elsewhere)
        .layer(CsrfLayer::new().with_rejection_response(of_another_site))
        .layer(from_fn_with_state(rest.clone(), known))
        .layer(DefaultBodyLimit::max(LONGEST))
        .merge(assets::routes())
        .layer(CompressionLayer::new());
    for (name, value) in headers {
        pages = pages.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)));
    }
    pages.with_state(rest.clone())
}

/// Leads from an address with a slash at its end to the one without; there is nothing at any other.
async fn elsewhere(method: Method, uri: Uri) -> Response {
    let shorter = uri.path().trim_end_matches('/');
    if method == Method::GET && shorter.len() < uri.path().len() {
        let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
        return see(login::place(&format!("{shorter}{query}")));
    }
    Trouble::from(Problem::missing("it may have moved, or never was: the bar above leads on")).into_response()
}

/// Refuses what a page of another site sends in somebody's name.
fn of_another_site(_: ProtectionError) -> Answer<axum::body::Body> {
    Trouble::from(Problem::not_allowed(
        "this form was sent by a page of another site, so nothing was done; if it was yours, open it here again",
    ))
    .into_response()
}
