//! Styles and scripts. Their addresses change with their text, so browsers keep them for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, type, text.
const ALL: [(&str, &str, &str); 5] = [
    ("img.css", CSS, include_str!("../static/img.css")),
    ("img.js", SCRIPT, include_str!("../static/img.js")),
    ("icon.svg", "image/svg+xml", include_str!("../static/icon.svg")),
    ("htmx.min.js", SCRIPT, include_str!("../static/htmx.min.js")),
    ("htmx-sse.min.js", SCRIPT, include_str!("../static/htmx-sse.min.js")),
];

/// Where they are below `/static/`.
pub(crate) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    ALL.iter().for_each(|(_, _, text)| all.update(text));
    all.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/static/{version}/{name}", get(asset))
}

async fn asset(Path((version, name)): Path<(String, String)>) -> Response {
    let found = ALL.iter().find(|(known, _, _)| *known == name);
    let Some((_, kind, text)) = found else { return StatusCode::NOT_FOUND.into_response() };
    // one of an older version is given as it is now, and not kept
    let keep = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(CONTENT_TYPE, *kind), (CACHE_CONTROL, keep)], *text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_as_it_came() {
        let known = include_str!("../static/README.md");
        for name in ["htmx.min.js", "htmx-sse.min.js"] {
            let (_, _, text) = ALL.iter().find(|(known, _, _)| *known == name).unwrap();
            let sum: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(known.contains(&sum), "{name} has {sum}");
        }
    }
}
