//! How what goes wrong is shown: what happened, and what to do.

use std::sync::Arc;

use askama::Template;
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
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
    /// Nobody is logged in any more, so what was sent was not done; the page it was sent from comes after that.
    Ended(String),
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
    /// The page whose form came to this; empty when it was none.
    back: &'a str,
}

impl Trouble {
    /// Returns it as a sentence, for a page that has more to show.
    pub(crate) fn told(&self) -> String {
        match self {
            Trouble::LogIn(_) | Trouble::Ended(_) => "Nobody is logged in any more.".into(),
            Trouble::Problem(problem) => sentence(problem.detail()),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Trouble::LogIn(next) => {
                let next = utf8_percent_encode(&next, NON_ALPHANUMERIC);
                see(&format!("/login?next={next}"))
            }
            Trouble::Ended(next) => {
                let next = utf8_percent_encode(&next, NON_ALPHANUMERIC);
                see(&format!("/login?ended=yes&next={next}"))
            }
            Trouble::Problem(problem) => {
                let mut response = problem.status().into_response();
                response.extensions_mut().insert(Arc::new(problem));
                response
            }
        }
    }
}

/// Makes a page of a problem, with the bar of who looks, that leads back to the page whose form came to it.
pub(crate) fn shown(response: Response, guest: &Guest, back: &str) -> Response {
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    let (title, detail) = match &problem {
        Some(problem) => (title(problem), problem.detail()),
        None if is_bare(&response) => refused_by_the_router(response.status()),
        None => return response,
    };
    let (status, detail) = (response.status(), sentence(detail));
    let mut answer = refused(status, &TroublePage { bar: guest.bar(""), title, detail: &detail, back });
    if let Some(methods) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, methods.clone());
    }
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

fn title(problem: &Problem) -> &'static str {
    match problem.status() {
        StatusCode::NOT_FOUND => "There is no such page",
        StatusCode::UNPROCESSABLE_ENTITY => "That does not fit",
        _ => problem.title(),
    }
}

/// Tells whether this is a refusal in the words of a library, or in none: no page of ours.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    response.status().is_client_error() && (kind.is_empty() || kind.starts_with(b"text/plain"))
}

/// Returns title and text of what no page was asked about, as the router and its forms refused it.
fn refused_by_the_router(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "This address is for forms",
            "nothing was done: go to the page whose button leads here, and press that",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("The form is too long", "nothing was done: a form may have 1 MB, an order 24 MB")
        }
        _ => (
            "The request cannot be understood",
            "nothing was done: its address or its form is none of this site's; go back, load that page anew, and try again",
        ),
    }
}

/// Returns a text as a sentence; a name at its beginning, as the id of a job or `lab.img`, stays as it is.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = text.split(' ').next().unwrap_or_default().trim_end_matches('.');
    let is_name = first.contains(|c: char| c.is_ascii_digit() || c == '.');
    let first = chars.next().map(|first| match is_name {
        true => first.to_string(),
        false => first.to_uppercase().collect(),
    });
    let first = first.unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_begin_with_a_capital_and_ids_stay() {
        for (text, is) in [
            ("nobody knows", "Nobody knows."),
            ("hello-20261129 is over!", "hello-20261129 is over!"),
            ("", "."),
        ] {
            assert_eq!(sentence(text), is);
        }
    }
}
