//! Who looks at a page, by the cookie of their session.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use imaging::door::Secret;
use imaging::{Permission, Person, now_ms};
use rest::{Address, OfSession, Problem, Rest, SESSION, cookie};

use crate::trouble::Trouble;

/// The cookie that holds how pages look: `light` or `dark`.
pub(crate) const THEME: &str = "img_theme";
/// How long browsers keep them, in seconds; a session that nobody uses ends long before.
const KEPT: u32 = 365 * 86_400;

/// What every page shows of who looks at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bar {
    /// Their name; empty when nobody is logged in.
    pub(crate) name: String,
    /// Whether they may ask for images.
    pub(crate) may_submit: bool,
    /// Whether they have something to administer.
    pub(crate) is_keeper: bool,
    /// Whether the site has repositories of images.
    pub(crate) has_repositories: bool,
    /// `light`, `dark`, or empty for what the machine likes.
    pub(crate) theme: &'static str,
    /// Which tab this page belongs to.
    pub(crate) here: &'static str,
}

impl Bar {
    pub(crate) fn version(&self) -> &'static str {
        &crate::assets::VERSION
    }
}

/// Who looks, if somebody is known; every request has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guest {
    pub(crate) person: Option<Person>,
    pub(crate) secret: Option<Secret>,
    /// Whether a proxy says who they are.
    pub(crate) by_proxy: bool,
    pub(crate) has_repositories: bool,
    pub(crate) theme: &'static str,
}

impl Guest {
    pub(crate) fn bar(&self, here: &'static str) -> Bar {
        let may = |permission| self.person.as_ref().is_some_and(|person| person.may(permission));
        Bar {
            name: self.person.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            may_submit: may(Permission::Submit),
            is_keeper: may(Permission::ManageJobs)
                || may(Permission::ManageSite)
                || may(Permission::ManageAccounts),
            has_repositories: self.has_repositories,
            theme: self.theme,
            here,
        }
    }
}

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) person: Person,
    guest: Guest,
}

impl Visitor {
    pub(crate) fn bar(&self, here: &'static str) -> Bar {
        self.guest.bar(here)
    }
}

/// Finds out who looks, before anything else.
pub(crate) async fn known(
    State(rest): State<Arc<Rest>>,
    Address(address): Address,
    mut request: Request,
    next: Next,
) -> Result<Response, Trouble> {
    let headers = request.headers();
    let back = if request.method() == Method::POST { crate::start::back(headers) } else { String::new() };
    let secret = cookie(headers, SESSION).filter(|text| !text.is_empty()).map(Secret::shown);
    let proxied = by_proxy(&rest, address, headers).await;
    let theme = match cookie(headers, THEME) {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    };
    let person = match (&proxied, &secret, request.extensions().get::<OfSession>()) {
        (Ok(Some(person)), ..) => Some(person.clone()),
        (Ok(None), Some(_), Some(OfSession(person))) => person.clone(), // found out already
        (Ok(None), Some(secret), None) => {
            rest.door.of_session(secret, now_ms()).await.map_err(Problem::from)?
        }
        _ => None,
    };
    let by_proxy = matches!(proxied, Ok(Some(_)));
    let has_repositories = !rest.repositories().is_empty();
    let guest = Guest { person, secret, by_proxy, has_repositories, theme };
    if let Err(problem) = proxied {
        return Ok(crate::trouble::shown(Trouble::from(problem).into_response(), &guest, &back));
    }
    request.extensions_mut().insert(guest.clone());
    let response = next.run(request).await;
    Ok(crate::trouble::shown(response, &guest, &back))
}

/// Returns whom a trusted proxy says this is; nobody when there is none, or it names nobody.
async fn by_proxy(
    rest: &Rest,
    address: std::net::IpAddr,
    headers: &HeaderMap,
) -> Result<Option<Person>, Problem> {
    let Some(proxy) = &rest.remote_user else { return Ok(None) };
    let Some(name) = proxy.name(address, headers)? else { return Ok(None) };
    let person = rest.door.of_proxy(&name, &proxy.groups, now_ms()).await?;
    person.map(Some).ok_or_else(|| {
        Problem::not_allowed(format!("the account `{name}` is switched off: an administrator may know why"))
    })
}

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Guest, Trouble> {
        Ok(parts.extensions.get::<Guest>().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visitor, Trouble> {
        let guest = Guest::from_request_parts(parts, state).await?;
        match guest.person.clone() {
            Some(person) => Ok(Visitor { person, guest }),
            None if parts.method == Method::GET => Err(Trouble::LogIn(path(&parts.uri))),
            // what was posted is not posted again by itself
            None => Err(Trouble::Ended(crate::start::back(&parts.headers))),
        }
    }
}

fn path(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned()
}

/// Has a browser keep a session from this answer on; an empty secret ends it.
pub(crate) fn with_session(mut response: Response, secret: &str, asked: &HeaderMap) -> Response {
    let kept = if secret.is_empty() { 0 } else { KEPT };
    // no script reads it, and no form of another site brings it
    if let Some(cookie) = made(SESSION, secret, kept, asked) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Returns the header that has a browser keep how pages look.
pub(crate) fn theme_cookie(theme: &str, asked: &HeaderMap) -> Option<HeaderValue> {
    made(THEME, theme, KEPT, asked)
}

fn made(name: &str, value: &str, kept: u32, asked: &HeaderMap) -> Option<HeaderValue> {
    // behind a proxy that speaks TLS it never goes over a wire in the clear
    let is_tls = asked.get("x-forwarded-proto").is_some_and(|value| value.as_bytes() == b"https");
    let secure = if is_tls { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={kept}; HttpOnly{secure}");
    HeaderValue::from_str(&text).ok()
}
