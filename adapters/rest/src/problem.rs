//! How everything that goes wrong is told: `application/problem+json`, of one form.

mod from;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request came to nothing.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    mistakes: Vec<Mistake>,
    opengnsys: Option<u8>,
}

/// What a program can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unreadable,
    Unknown,
    NotAllowed,
    Missing,
    Method,
    Conflict,
    Changed,
    TooLarge,
    WrongType,
    NoSuchRange,
    Mistakes,
    TooMany,
    Ours,
    Away,
    Full,
}

/// The form of everything that goes wrong, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// What kind of problem it is; programs may compare it.
    #[serde(rename = "type")]
    #[schema(example = "urn:img:mistakes")]
    kind: String,
    /// The same in words.
    title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time, and what to do.
    detail: String,
    /// All there is to mend, when fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mistakes: Vec<Mistake>,
    /// OpenGnsys's number for it, when it is about a repository: 4 for a locked image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4)]
    opengnsys: Option<u8>,
}

/// Something to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mistake {
    /// The field.
    pub field: String,
    /// What is wrong with it; follows its name.
    pub why: String,
}

impl Mistake {
    pub(crate) fn of(field: impl Into<String>, why: impl Into<String>) -> Mistake {
        Mistake { field: field.into(), why: why.into() }
    }
}

impl Kind {
    fn told(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Kind::Unreadable => (StatusCode::BAD_REQUEST, "unreadable", "The request cannot be understood"),
            Kind::Unknown => (StatusCode::UNAUTHORIZED, "who-are-you", "Nobody knows who asks"),
            Kind::NotAllowed => (StatusCode::FORBIDDEN, "not-allowed", "Somebody else may do that"),
            Kind::Missing => (StatusCode::NOT_FOUND, "not-there", "There is no such thing"),
            Kind::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "no-such-method", "This address takes other methods")
            }
            Kind::Conflict => (StatusCode::CONFLICT, "not-now", "It is not in a state for that"),
            Kind::Changed => (StatusCode::PRECONDITION_FAILED, "changed", "It has changed since"),
            Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Kind::WrongType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type", "The body is of another type")
            }
            Kind::NoSuchRange => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "no-such-range", "The file has no such part")
            }
            Kind::Mistakes => (StatusCode::UNPROCESSABLE_ENTITY, "mistakes", "There is something to mend"),
            Kind::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests"),
            Kind::Ours => (StatusCode::INTERNAL_SERVER_ERROR, "our-fault", "This is a fault of the service"),
            Kind::Away => {
                (StatusCode::SERVICE_UNAVAILABLE, "try-again", "Something the service needs is away")
            }
            Kind::Full => (StatusCode::INSUFFICIENT_STORAGE, "no-room", "A disk of the service is full"),
        }
    }
}

impl Problem {
    /// Returns the status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.kind.told().0
    }

    /// Returns what kind of problem it is, in words.
    pub fn title(&self) -> &'static str {
        self.kind.told().2
    }

    /// Returns what is wrong this time, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns all there is to mend; empty when no field is wrong.
    pub fn all_mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Returns OpenGnsys's number for it, when it is about a repository.
    pub fn opengnsys(&self) -> Option<u8> {
        self.opengnsys
    }

    fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        Problem { kind, detail: detail.into(), mistakes: Vec::new(), opengnsys: None }
    }

    /// Makes one of this kind.
    pub fn unreadable(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::Unreadable, detail)
    }

    /// Makes one of this kind.
    pub fn unknown(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::Unknown, detail)
    }

    /// Makes one of this kind.
    pub fn not_allowed(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::NotAllowed, detail)
    }

    /// Makes one of this kind.
    pub fn missing(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::Missing, detail)
    }

    pub(crate) fn method() -> Problem {
        Problem::new(Kind::Method, "the header Allow says which")
    }

    /// Makes one of this kind.
    pub fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::Conflict, detail)
    }

    pub(crate) fn changed(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::Changed, detail)
    }

    /// Makes one of this kind.
    pub fn too_large(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::TooLarge, detail)
    }

    pub(crate) fn wrong_type(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::WrongType, detail)
    }

    pub(crate) fn no_such_range(size: u64) -> Problem {
        Problem::new(Kind::NoSuchRange, format!("it has {size} bytes"))
    }

    /// Makes one of this kind.
    pub fn too_many(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::TooMany, detail)
    }

    pub(crate) fn away(detail: impl Into<String>) -> Problem {
        Problem::new(Kind::Away, detail)
    }

    /// Says in the log what a person who asks can do nothing about.
    pub fn ours(error: &(dyn std::error::Error + 'static)) -> Problem {
        tracing::error!("{}", chain(error));
        Problem::new(Kind::Ours, "its log says more")
    }

    /// Makes one of everything there is to mend.
    pub fn mistakes(all: Vec<Mistake>) -> Problem {
        let mut mistakes: Vec<Mistake> = Vec::new();
        for one in all {
            if !mistakes.contains(&one) {
                mistakes.push(one);
            }
        }
        let texts: Vec<_> = mistakes.iter().map(|one| format!("{} {}", one.field, one.why)).collect();
        Problem { mistakes, ..Problem::new(Kind::Mistakes, texts.join("; ")) }
    }

    /// Makes one of a field.
    pub fn mistake(field: &str, why: impl Into<String>) -> Problem {
        Problem::mistakes(vec![Mistake::of(field, why)])
    }
}

/// Returns an error with what it came from, as one line; errors that only pass on another's words are told once.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, slug, title) = self.kind.told();
        let document = ProblemDocument {
            kind: format!("urn:img:{slug}"),
            title,
            status: status.as_u16(),
            detail: self.detail,
            mistakes: self.mistakes,
            opengnsys: self.opengnsys,
        };
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.kind {
            Kind::Unknown => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"img\""));
            }
            Kind::TooMany | Kind::Away => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
