//! `/me`: one's own password and tokens. `/invitation`: a first password.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use imaging::door::{DoorError, Secret};
use imaging::{ApiToken, Scope, now_ms};
use rest::{Address, Problem, Rest};
use serde::Deserialize;

use crate::routes::Pages;
use crate::show::{Moment, page, refused};
use crate::trouble::{Trouble, see, sentence};
use crate::visitor::{Bar, Guest, Visitor, with_session};

pub(crate) fn routes() -> Pages {
    Pages::new()
        .route("/me", get(me))
        .route("/me/password", post(password))
        .route("/me/tokens", post(make_token))
        .route("/me/tokens/{id}/remove", post(remove_token))
        .route("/invitation", get(invited).post(accept))
}

#[derive(Default, Template)]
#[template(path = "me.html")]
struct MePage {
    bar: Bar,
    email: String,
    may: String,
    /// Whether their password is kept here.
    has_password: bool,
    tokens: Vec<TokenLine>,
    said: &'static str,
    /// What is wrong with the passwords.
    wrong: String,
    /// What is wrong with the token.
    token_wrong: String,
    /// A token that was just made, shown this once.
    secret: String,
}

struct TokenLine {
    id: String,
    label: String,
    scopes: String,
    created: Moment,
    used: String,
    expires: String,
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Submit => "submit",
        Scope::Manage => "manage",
        Scope::SetPassword => "set a password",
    }
}

impl From<ApiToken> for TokenLine {
    fn from(token: ApiToken) -> TokenLine {
        let now = now_ms();
        TokenLine {
            scopes: token.scopes.into_iter().map(scope).collect::<Vec<_>>().join(", "),
            created: Moment::of(token.created_ms, now),
            used: token.used_ms.map_or("never".into(), |used| Moment::of(used, now).ago),
            expires: match token.expires_ms {
                None => "never".into(),
                Some(expires) if expires < now => "it has expired".into(),
                Some(expires) => Moment::of(expires, now).exact,
            },
            id: token.id,
            label: token.label,
        }
    }
}

/// What a person did that led here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Did {
    done: String,
}

async fn shown(visitor: &Visitor, rest: &Rest) -> Result<MePage, Trouble> {
    let account = rest.accounts.account(&visitor.person.name).await?;
    let tokens = rest.accounts.tokens(&visitor.person.name).await?;
    let tokens = tokens.into_iter().filter(|token| !token.scopes.contains(&Scope::SetPassword));
    let may: Vec<_> = visitor
        .person
        .permissions
        .iter()
        .map(|permission| match permission {
            imaging::Permission::Submit => "ask for images",
            imaging::Permission::ManageJobs => "care for everybody's jobs",
            imaging::Permission::ManageSite => "fill the tables of the site",
            imaging::Permission::ManageAccounts => "care for accounts",
        })
        .collect();
    Ok(MePage {
        bar: visitor.bar("me"),
        email: visitor.person.email.clone(),
        may: if may.is_empty() { "look at jobs and fetch images".into() } else { may.join(", ") },
        has_password: account.is_some_and(|account| account.known_by == imaging::KnownBy::Site),
        tokens: tokens.map(TokenLine::from).collect(),
        ..MePage::default()
    })
}

async fn me(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(did): Query<Did>,
) -> Result<Response, Trouble> {
    let said = match &*did.done {
        "password" => "The new password counts; other browsers are logged out.",
        "removed" => "The token counts no more.",
        _ => "",
    };
    Ok(page(&MePage { said, ..shown(&visitor, &rest).await? }))
}

#[derive(Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn password(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Address(address): Address,
    headers: HeaderMap,
    Form(passwords): Form<Passwords>,
) -> Result<Response, Trouble> {
    let name = &visitor.person.name;
    rest.may_try(address, name)?;
    let now = now_ms();
    let is_right = rest.door.check(name, &passwords.old, now).await.map_err(Problem::from)?.is_some();
    let wrong = if is_right {
        match rest.door.set_password(name, &passwords.new, name, now).await {
            Ok(()) => String::new(),
            Err(DoorError::BadPassword(why)) => sentence(&format!("the new password {why}")),
            Err(error @ DoorError::KnownElsewhere(_)) => sentence(&error.to_string()),
            Err(error) => return Err(Problem::from(error).into()),
        }
    } else {
        "The old password is wrong.".into()
    };
    if !wrong.is_empty() {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            &MePage { wrong, ..shown(&visitor, &rest).await? },
        ));
    }
    // all sessions ended with the old password; this browser gets a new one
    logged_in(&rest, name, &passwords.new, see("/me?done=password"), &headers).await
}

#[derive(Deserialize)]
struct Wish {
    label: String,
    scope: String,
    days: String,
}

async fn make_token(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Form(wish): Form<Wish>,
) -> Result<Response, Trouble> {
    let scopes: BTreeSet<Scope> = match &*wish.scope {
        "submit" => [Scope::Submit].into(),
        "manage" => [Scope::Manage].into(),
        _ => [Scope::Read].into(),
    };
    let days = wish.days.trim();
    let days = if days.is_empty() { Ok(None) } else { days.parse::<u32>().map(Some) };
    let wrong = match days {
        Ok(days) if days.is_none_or(|days| (1..=36_500).contains(&days)) => {
            if wish.label.chars().count() > 100 || wish.label.contains(char::is_control) {
                "The name should be one line of 100 characters at most."
            } else {
                ""
            }
        }
        _ => "The days should be a number from 1 to 36500, or nothing.",
    };
    if !wrong.is_empty() {
        let me = MePage { token_wrong: wrong.into(), ..shown(&visitor, &rest).await? };
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &me));
    }
    let now = now_ms();
    let expires = days.ok().flatten().map(|days| now + i64::from(days) * 86_400_000);
    let made = rest.door.make_token(&visitor.person, wish.label.trim(), scopes, expires, now).await;
    let (_, secret) = made.map_err(Problem::from)?;
    let mut response = page(&MePage { secret: secret.reveal().to_owned(), ..shown(&visitor, &rest).await? });
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn remove_token(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let name = &visitor.person.name;
    let is_mine = rest.accounts.tokens(name).await?.iter().any(|token| token.id == id);
    if is_mine {
        rest.accounts.remove_token(&id, name, now_ms()).await?;
    }
    // one that is gone already is as it was wished
    Ok(see("/me?done=removed"))
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    bar: Bar,
    invitation: String,
    wrong: String,
}

async fn invited(guest: Guest) -> Response {
    page(&InvitationPage { bar: guest.bar(""), invitation: String::new(), wrong: String::new() })
}

#[derive(Deserialize)]
struct Accepted {
    invitation: String,
    password: String,
}

async fn accept(
    guest: Guest,
    State(rest): State<Arc<Rest>>,
    Address(address): Address,
    headers: HeaderMap,
    Form(accepted): Form<Accepted>,
) -> Result<Response, Trouble> {
    rest.may_try(address, "invitation")?;
    let invitation = accepted.invitation.trim();
    let taken = rest.door.accept(&Secret::shown(invitation), &accepted.password, now_ms()).await;
    let name = match taken {
        Ok(name) => name,
        Err(error @ (DoorError::BadPassword(_) | DoorError::NoInvitation)) => {
            let wrong = sentence(&error.to_string());
            let again = InvitationPage { bar: guest.bar(""), invitation: invitation.to_owned(), wrong };
            return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &again));
        }
        Err(error) => return Err(Problem::from(error).into()),
    };
    logged_in(&rest, &name, &accepted.password, see("/"), &headers).await
}

/// Logs somebody in with a password that was just made theirs.
async fn logged_in(
    rest: &Rest,
    name: &str,
    password: &str,
    response: Response,
    asked: &HeaderMap,
) -> Result<Response, Trouble> {
    Ok(match rest.door.log_in(name, password, now_ms()).await.map_err(Problem::from)? {
        Some((_, secret)) => with_session(response, secret.reveal(), asked),
        None => response,
    })
}
