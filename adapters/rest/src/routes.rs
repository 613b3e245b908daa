//! All addresses, and what every request goes through.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::client::limit;
use crate::document::{empty, finished, page, script, served, style};
use crate::problem::Problem;
use crate::service::Rest;
use crate::{disk, files, jobs, log, people, repositories, tables, templates};

/// Addresses, with their lines of the document.
pub(crate) type Routes = OpenApiRouter<Arc<Rest>>;

/// A client may be silent for so long in the middle of a body.
const PATIENCE: Duration = Duration::from_secs(30);

fn all() -> Routes {
    let parts = jobs::routes()
        .merge(log::routes())
        .merge(files::routes())
        .merge(templates::routes())
        .merge(tables::routes())
        .merge(people::routes())
        .merge(disk::routes())
        .merge(repositories::routes());
    Routes::with_openapi(empty()).nest("/api/v1", parts)
}

/// Returns the OpenAPI document of all addresses.
pub fn document() -> OpenApi {
    finished(all().split_for_parts().1)
}

impl Rest {
    /// Returns all addresses; `more` are pages beside them that others make, with what is said of unknown ones.
    pub fn router(self: Arc<Self>, more: Router) -> Router {
        let rest = self;
        let (router, api) = all().split_for_parts();
        let document = served(finished(api));
        let document = move |headers: axum::http::HeaderMap| async move { document.answer(&headers) };
        router
            .route("/api/v1/openapi.json", get(document))
            .route("/api/v1/docs", get(page))
            .route("/api/v1/docs.css", get(style))
            .route("/api/v1/docs.js", get(script))
            .route("/api", any(unknown))
            .route("/api/{*unknown}", any(unknown))
            .with_state(rest.clone())
            .method_not_allowed_fallback(|| async { Problem::method() })
            .merge(more)
            .layer(DefaultBodyLimit::disable()) // each reader has a limit of its own
            .layer(from_fn_with_state(rest.clone(), limit))
            .layer(RequestBodyTimeoutLayer::new(PATIENCE))
            .layer(SetResponseHeaderLayer::if_not_present(
                CACHE_CONTROL,
                HeaderValue::from_static("private, no-cache"),
            ))
            .layer(SetResponseHeaderLayer::overriding(
                X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(rest, observe))
    }
}

async fn unknown() -> Problem {
    Problem::missing("no such address: /api/v1/docs lists them all")
}

/// Tells that a bug of ours was met; the program goes on.
#[expect(clippy::needless_pass_by_value, reason = "a panic is given away")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Problem::ours(&std::io::Error::other(format!("a request panicked: {text}"))).into_response()
}

async fn observe(State(rest): State<Arc<Rest>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let start = Instant::now();
    let response = next.run(request).await;
    let took = start.elapsed();
    let (route, status) = (route.as_deref().unwrap_or("none"), response.status());
    (rest.observed)(method.as_str(), route, status.as_u16(), took);
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!("{method} {route} came to {status}");
    } else {
        tracing::debug!("{method} {route} came to {status} after {} ms", took.as_millis());
    }
    response
}
