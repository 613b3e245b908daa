//! The OpenAPI document, and a page that shows it without asking anybody else.

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{Mistake, ProblemDocument};

/// The name of the form of all problems.
const PROBLEM: &str = "ProblemDocument";

/// Returns a document without addresses.
pub(crate) fn empty() -> OpenApi {
    let about = "Jobs, their logs and files, and what a site offers. Programs show a token: \
                 `Authorization: Bearer img_…`. What goes wrong is told as `application/problem+json`.";
    let info = InfoBuilder::new().title("IMG").version(env!("CARGO_PKG_VERSION")).description(Some(about));
    let scheme = |kind, about: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(kind).description(Some(about)).build())
    };
    let components: Components = ComponentsBuilder::new()
        .security_scheme("token", scheme(HttpAuthScheme::Bearer, "A token: `img user token NAME` makes one"))
        .security_scheme("password", scheme(HttpAuthScheme::Basic, "Name and password, only to make a token"))
        .schema(PROBLEM, ProblemDocument::schema())
        .schema("Mistake", Mistake::schema())
        .build();
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components))
        .security(Some([SecurityRequirement::new("token", Vec::<String>::new())]))
        .build()
}

/// Completes a document with what may go wrong everywhere.
pub(crate) fn finished(mut api: OpenApi) -> OpenApi {
    // what axum calls the rest of a path has no sign for it in the document
    api.paths.paths = std::mem::take(&mut api.paths.paths)
        .into_iter()
        .map(|(path, item)| (path.replace("{*", "{"), item))
        .collect();
    for (path, item) in &mut api.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(name(method, path));
                add_problems(method, operation);
            }
        }
    }
    api
}

/// Returns the name of an operation, as `get_jobs_image_id_log`: no two have one.
fn name(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1/");
    let words: Vec<_> =
        path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}

fn add_problems(method: &str, operation: &mut Operation) {
    let is_open = operation
        .security
        .as_ref()
        .is_some_and(|all| serde_json::to_string(all).is_ok_and(|json| json == "[{}]"));
    let in_path = operation.parameters.iter().flatten().any(|parameter| {
        matches!(parameter, RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Path))
    });
    let has_condition = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "If-Match"));
    let has_body = operation.request_body.is_some();
    let has_range = operation.responses.responses.contains_key("206");
    let problems = [
        ("400", true, "The request cannot be understood"),
        ("401", !is_open, "No token, or one that does not count"),
        ("403", !is_open, "Somebody else may do that"),
        ("404", in_path, "There is no such thing"),
        ("409", in_path || has_body, "It is not in a state for that"),
        ("412", has_condition, "It has changed since"),
        ("413", has_body, "The body is too long"),
        ("415", has_body, "The body is of another type"),
        ("416", has_range, "The file has no such part"),
        ("422", true, "There is something to mend; `mistakes` has all of it"),
        ("429", true, "Too many requests"),
        ("503", true, "Something the service needs is away: try again"),
        ("507", method != "get", "A disk of the service is full: `detail` names it"),
    ];
    for (status, can_be, about) in problems {
        if can_be {
            let schema = RefOr::Ref(Ref::from_schema_name(PROBLEM));
            let content = Content::new(Some(schema));
            let response = ResponseBuilder::new()
                .description(about)
                .content("application/problem+json", content)
                .build();
            operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
        }
    }
}

/// The document as it is sent.
#[derive(Clone)]
pub(crate) struct Served(std::sync::Arc<serde_json::Value>);

pub(crate) fn served(api: OpenApi) -> Served {
    Served(std::sync::Arc::new(serde_json::to_value(api).unwrap_or_default()))
}

impl Served {
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let tagged = crate::jobs::tagged(headers, StatusCode::OK, &*self.0);
        tagged.unwrap_or_else(IntoResponse::into_response)
    }
}

/// Shows the document to people.
pub(crate) async fn page() -> Response {
    let policy = "default-src 'none'; connect-src 'self'; style-src 'self'; script-src 'self'; \
                  frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    ([(CONTENT_SECURITY_POLICY, policy)], Html(include_str!("document/page.html"))).into_response()
}

/// How the page looks.
pub(crate) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("document/page.css")).into_response()
}

/// What makes the page of the document.
pub(crate) async fn script() -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("document/page.js")).into_response()
}

/// Has the compiler know that the schema of problems is of the name they are referred to by.
const _: fn() -> std::borrow::Cow<'static, str> = <ProblemDocument as ToSchema>::name;
