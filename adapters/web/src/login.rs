//! `/login` and `/logout`.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use imaging::door::DoorError;
use imaging::now_ms;
use rest::{Address, Problem, Rest};
use serde::Deserialize;

use crate::routes::Pages;
use crate::show::refused;
use crate::trouble::{Trouble, see, sentence};
use crate::visitor::{Bar, Guest, with_session};

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
    /// Whether something was sent after they were logged out.
    has_ended: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Login {
    name: String,
    password: String,
    next: String,
    /// Says that the session ended before a form came.
    ended: String,
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
    form(&rest, &guest, &login, StatusCode::OK, "").await
}

async fn form(
    rest: &Rest,
    guest: &Guest,
    login: &Login,
    status: StatusCode,
    wrong: &str,
) -> Result<Response, Trouble> {
    let is_open = rest.door.has_directory() || rest.door.is_open().await.map_err(Problem::from)?;
    let (next, name) = (place(&login.next), &*login.name);
    let bar = Guest { person: None, ..guest.clone() }.bar("");
    Ok(refused(status, &LoginPage { bar, is_open, next, name, wrong, has_ended: !login.ended.is_empty() }))
}

async fn log_in(
    guest: Guest,
    State(rest): State<Arc<Rest>>,
    Address(address): Address,
    headers: HeaderMap,
    Form(login): Form<Login>,
) -> Result<Response, Trouble> {
    if let Err(problem) = rest.may_try(address, &login.name) {
        return form(&rest, &guest, &login, problem.status(), &sentence(problem.detail())).await;
    }
    let known = match rest.door.log_in(login.name.trim(), &login.password, now_ms()).await {
        Err(away @ DoorError::DirectoryAway(_)) => {
            let problem = Problem::from(away);
            return form(&rest, &guest, &login, problem.status(), &sentence(problem.detail())).await;
        }
        known => known.map_err(Problem::from)?,
    };
    let Some((_, secret)) = known else {
        return form(&rest, &guest, &login, StatusCode::FORBIDDEN, "Name or password is wrong.").await;
    };
    end(&rest, &guest).await?;
    Ok(with_session(see(place(&login.next)), secret.reveal(), &headers))
}

async fn log_out(
    guest: Guest,
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    end(&rest, &guest).await?;
    if guest.by_proxy {
        return Err(Trouble::from(Problem::conflict(
            "the proxy in front of this site says who you are, so you are logged in for as long as it does: log out there, or \
             close the browser",
        )));
    }
    Ok(with_session(see("/login"), "", &headers))
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
