//! `/login` and `/logout`.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Form};
use imaging::now_ms;
use rest::{Problem, Rest};
use serde::Deserialize;

use crate::routes::Pages;
use crate::show::page;
use crate::trouble::{Trouble, see, sentence};
use crate::visitor::{Bar, Guest, session_cookie};

pub(crate) fn routes() -> Pages {
    Pages::new().route("/login", get(ask).post(log_in)).route("/logout", post(log_out))
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    bar: Bar,
    /// Whether anybody can log in at all.
    is_open: bool,
    next: &'a str,
    name: &'a str,
    wrong: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Login {
    name: String,
    password: String,
    next: String,
}

/// Returns a place of this site; where a link leads elsewhere, the start page.
pub(crate) fn place(next: &str) -> &str {
    let is_ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && !next.starts_with("/login")
        && next.is_ascii();
    if is_ours { next } else { "/" }
}

async fn ask(
    guest: Guest,
    State(rest): State<Arc<Rest>>,
    Query(login): Query<Login>,
) -> Result<Response, Trouble> {
    if guest.person.is_some() {
        return Ok(see(place(&login.next)));
    }
    form(&rest, &guest, &login, "").await
}

async fn form(rest: &Rest, guest: &Guest, login: &Login, wrong: &str) -> Result<Response, Trouble> {
    let is_open = rest.door.is_open().await.map_err(Problem::from)?;
    let (next, name) = (place(&login.next), &*login.name);
    Ok(page(&LoginPage { bar: Guest { person: None, ..guest.clone() }.bar(""), is_open, next, name, wrong }))
}

async fn log_in(
    guest: Guest,
    State(rest): State<Arc<Rest>>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(login): Form<Login>,
) -> Result<Response, Trouble> {
    let address = address.map_or([0, 0, 0, 0].into(), |address| address.0.0.ip());
    if let Err(problem) = rest.may_try(address, &login.name) {
        let mut response = form(&rest, &guest, &login, &sentence(problem.detail())).await?;
        *response.status_mut() = problem.status();
        return Ok(response);
    }
    let known =
        rest.door.log_in(login.name.trim(), &login.password, now_ms()).await.map_err(Problem::from)?;
    let Some((_, secret)) = known else {
        let mut response = form(&rest, &guest, &login, "Name or password is wrong.").await?;
        *response.status_mut() = StatusCode::FORBIDDEN;
        return Ok(response);
    };
    end(&rest, &guest).await?;
    let mut response = see(place(&login.next));
    if let Some(cookie) = session_cookie(secret.reveal(), &headers) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn log_out(
    guest: Guest,
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    end(&rest, &guest).await?;
    let mut response = see("/login");
    if let Some(cookie) = session_cookie("", &headers) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Ends the session a browser had until now.
async fn end(rest: &Rest, guest: &Guest) -> Result<(), Trouble> {
    if let Some(secret) = &guest.secret {
        rest.door.log_out(secret).await.map_err(Problem::from)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (next, is) in [
            ("/queue?user=ana", "/queue?user=ana"),
            ("", "/"),
            ("queue", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: b=c", "/"),
            ("/login?next=/login", "/"),
        ] {
            assert_eq!(place(next), is, "{next:?}");
        }
    }
}
