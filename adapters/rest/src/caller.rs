//! Who asks.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use imaging::door::{Holder, Secret};
use imaging::{Permission, Person, Scope, now_ms};

use crate::client::{OfToken, network};
use crate::problem::Problem;
use crate::service::Rest;

/// Somebody who showed a token.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Person);

/// Somebody who may fill the tables of the site.
#[derive(Debug)]
pub(crate) struct SiteKeeper(pub(crate) Person);

/// Somebody who may care for accounts.
#[derive(Debug)]
pub(crate) struct AccountKeeper(pub(crate) Person);

/// Somebody who showed a token or their password: the way to a first token.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) person: Person,
    /// What the token is for; all with a password.
    scopes: BTreeSet<Scope>,
}

impl Owner {
    /// Refuses what the token is not for.
    pub(crate) fn allows(&self, scope: Scope) -> Result<(), Problem> {
        let allowed = match scope {
            Scope::Read => true,
            Scope::Submit => self.scopes.contains(&Scope::Submit) || self.scopes.contains(&Scope::Manage),
            _ => self.scopes.contains(&Scope::Manage),
        };
        if allowed {
            Ok(())
        } else {
            let needed = if scope == Scope::Submit { "submit" } else { "manage" };
            Err(Problem::not_allowed(format!(
                "this token is of a smaller scope, and it takes scope {needed}: show your password, or a token of that"
            )))
        }
    }
}

/// What stands in the header of a request.
enum Shown {
    Token(Secret),
    Password { name: String, password: String },
}

fn shown(headers: &HeaderMap) -> Result<Shown, Problem> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Err(Problem::unknown(
            "show a token, as `Authorization: Bearer img_…`; `img user token NAME` makes one",
        ));
    };
    let unreadable = || Problem::unknown("the header Authorization should be `Bearer` and a token");
    let (scheme, rest) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unreadable)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Shown::Token(Secret::shown(rest.trim())));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded =
            BASE64_STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let (name, password) = decoded
            .as_deref()
            .and_then(|text| text.split_once(':'))
            .map(|(name, password)| (name.to_owned(), password.to_owned()))
            .ok_or_else(unreadable)?;
        return Ok(Shown::Password { name, password });
    }
    Err(unreadable())
}

/// Returns the token a request shows, real or not.
pub(crate) fn token(headers: &HeaderMap) -> Option<Secret> {
    match shown(headers) {
        Ok(Shown::Token(secret)) => Some(secret),
        _ => None,
    }
}

async fn of_token(secret: &Secret, parts: &Parts, rest: &Rest) -> Result<Holder, Problem> {
    let known = match parts.extensions.get::<OfToken>() {
        Some(OfToken(found)) => found.clone(),
        None => rest.door.of_scoped(secret, now_ms()).await?,
    };
    known.ok_or_else(|| Problem::unknown("this token does not count, or no longer: make another one"))
}

impl FromRequestParts<Arc<Rest>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<Caller, Problem> {
        match shown(&parts.headers)? {
            Shown::Token(secret) => Ok(Caller(of_token(&secret, parts, rest).await?.person)),
            Shown::Password { .. } => Err(Problem::unknown(
                "a password only makes tokens, by POST to /api/v1/me/tokens: show a token here",
            )),
        }
    }
}

/// The address a request came from; behind a proxy, the proxy's.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub IpAddr);

impl Address {
    pub(crate) fn of(extensions: &Extensions) -> Address {
        let info = extensions.get::<ConnectInfo<SocketAddr>>();
        Address(info.map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip()))
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Address, Infallible> {
        Ok(Address::of(&parts.extensions))
    }
}

impl FromRequestParts<Arc<Rest>> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<Owner, Problem> {
        match shown(&parts.headers)? {
            Shown::Token(secret) => {
                let Holder { person, scopes, .. } = of_token(&secret, parts, rest).await?;
                Ok(Owner { person, scopes })
            }
            Shown::Password { name, password } => {
                rest.may_try(Address::of(&parts.extensions).0, &name)?;
                let person = rest.door.check(&name, &password, now_ms()).await?;
                let person = person.ok_or_else(|| Problem::unknown("name or password is wrong"))?;
                Ok(Owner { person, scopes: [Scope::Manage].into() })
            }
        }
    }
}

impl Rest {
    /// Lets an address try only so many passwords of a name.
    pub fn may_try(&self, address: IpAddr, name: &str) -> Result<(), Problem> {
        // what names the same person is one name here
        let name = name.trim().to_lowercase().chars().take(64).collect();
        let (address, now) = (network(address), Instant::now());
        if self.guesses.takes((address, name), now) && self.guessers.takes(address, now) {
            Ok(())
        } else {
            Err(Problem::too_many("too many passwords were tried: wait a minute"))
        }
    }
}

async fn with(
    parts: &mut Parts,
    rest: &Arc<Rest>,
    permission: Permission,
    what: &str,
) -> Result<Person, Problem> {
    let Caller(person) = Caller::from_request_parts(parts, rest).await?;
    if person.may(permission) {
        return Ok(person);
    }
    let why = person.lacks_scope(permission);
    let why = why.unwrap_or_else(|| "it takes a group that may, as administrators".into());
    Err(Problem::not_allowed(format!("you may not {what}: {why}")))
}

impl FromRequestParts<Arc<Rest>> for SiteKeeper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<SiteKeeper, Problem> {
        with(parts, rest, Permission::ManageSite, "change what the site offers").await.map(SiteKeeper)
    }
}

impl FromRequestParts<Arc<Rest>> for AccountKeeper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<AccountKeeper, Problem> {
        with(parts, rest, Permission::ManageAccounts, "care for accounts").await.map(AccountKeeper)
    }
}
