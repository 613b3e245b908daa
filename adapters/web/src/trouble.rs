//! How what goes wrong is shown: what happened, and what to do.

use std::sync::Arc;

use askama::Template;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use imaging::Refusal;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rest::Problem;

use crate::show::refused;
use crate::visitor::{Bar, Guest};

/// Why there is another page than the one that was asked for.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nobody is logged in; the page that was asked for comes after that.
    LogIn(String),
    /// It does not go.
    Problem(Problem),
}

impl<T: Into<Problem>> From<T> for Trouble {
    fn from(problem: T) -> Trouble {
        Trouble::Problem(problem.into())
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    bar: Bar,
    title: &'a str,
    detail: &'a str,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Trouble::LogIn(next) => {
                let next = utf8_percent_encode(&next, NON_ALPHANUMERIC);
                see(&format!("/login?next={next}"))
            }
            Trouble::Problem(problem) => {
                let mut response = problem.status().into_response();
                response.extensions_mut().insert(Arc::new(problem));
                response
            }
        }
    }
}

/// Makes a page of a problem, with the bar of who looks.
pub(crate) fn shown(response: Response, guest: &Guest) -> Response {
    let Some(problem) = response.extensions().get::<Arc<Problem>>() else { return response };
    let title = match problem.status() {
        StatusCode::NOT_FOUND => "There is no such page",
        StatusCode::UNPROCESSABLE_ENTITY => "That does not fit",
        _ => problem.title(),
    };
    let detail = sentence(problem.detail());
    let mut answer = refused(problem.status(), &TroublePage { bar: guest.bar(""), title, detail: &detail });
    if matches!(problem.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// Returns a text as a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// Sends a browser on to another page.
pub(crate) fn see(place: &str) -> Response {
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

/// Returns what of a problem a page says beside its form, and its status; all else is a page of its own.
pub(crate) fn beside_form(problem: Problem) -> Result<(StatusCode, String), Trouble> {
    match problem.status() {
        status @ (StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            Ok((status, sentence(problem.detail())))
        }
        _ => Err(problem.into()),
    }
}

/// Returns what of a refusal a page says beside a form; all else is a page of its own.
pub(crate) fn told(refusal: Refusal) -> Result<String, Trouble> {
    match refusal {
        Refusal::Mistakes(_) | Refusal::Unchangeable { .. } | Refusal::NotAllowed(_) => {
            Ok(sentence(&refusal.to_string()))
        }
        other => Err(other.into()),
    }
}
