//! What people do about themselves: passwords and tokens.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use imaging::door::Secret;
use imaging::{ApiToken, Permission, Scope, now_ms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::asked::{Json, Of};
use crate::caller::{Address, Caller, Owner};
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::time;

/// What a person may do beyond looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum May {
    /// Ask for images, and care for the jobs of their own.
    Submit,
    /// Care for the jobs of everybody.
    ManageJobs,
    /// Fill the tables of the site.
    ManageSite,
    /// Care for accounts and groups.
    ManageAccounts,
}

impl From<Permission> for May {
    fn from(permission: Permission) -> May {
        match permission {
            Permission::Submit => May::Submit,
            Permission::ManageJobs => May::ManageJobs,
            Permission::ManageSite => May::ManageSite,
            Permission::ManageAccounts => May::ManageAccounts,
        }
    }
}

impl From<May> for Permission {
    fn from(may: May) -> Permission {
        match may {
            May::Submit => Permission::Submit,
            May::ManageJobs => Permission::ManageJobs,
            May::ManageSite => Permission::ManageSite,
            May::ManageAccounts => Permission::ManageAccounts,
        }
    }
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The name jobs are theirs by.
    name: String,
    /// Where mail reaches them.
    email: String,
    /// What they may do with this token.
    permissions: BTreeSet<May>,
}

/// Tells whose token this is, and what can be done with it.
#[utoipa::path(get, path = "/me", tag = "people", responses((status = 200, body = Me)))]
pub(crate) async fn show(Caller(person): Caller) -> Answer<Me> {
    let permissions = person.permissions.into_iter().map(May::from).collect();
    Answer(Me { name: person.name, email: person.email, permissions })
}

/// Two passwords.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Passwords {
    /// The one that counts now.
    old: String,
    /// The one that is to count: 8 characters at least.
    new: String,
}

/// Changes one's own password; tokens stay.
#[utoipa::path(put, path = "/me/password", tag = "people", request_body = Passwords,
    responses((status = 204, description = "The new one counts")))]
pub(crate) async fn password(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    Address(address): Address,
    Json(passwords): Json<Passwords>,
) -> Result<StatusCode, Problem> {
    rest.may_try(address, &person.name)?;
    let now = now_ms();
    if rest.door.check(&person.name, &passwords.old, now).await?.is_none() {
        return Err(Problem::mistake("old", "is wrong"));
    }
    rest.door.set_password(&person.name, &passwords.new, &person.name, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What can be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScopeView {
    /// Look at jobs and fetch images.
    Read,
    /// Ask for images, and care for own jobs.
    Submit,
    /// All else its owner may.
    Manage,
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenOfMine {
    /// Its id, by which it is removed.
    id: String,
    /// What its owner calls it.
    label: String,
    /// What can be done with it.
    scopes: BTreeSet<ScopeView>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// When it stops counting.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// When it was last used, to the hour.
    #[schema(format = DateTime)]
    used: Option<String>,
}

impl From<ApiToken> for TokenOfMine {
    fn from(token: ApiToken) -> TokenOfMine {
        let scopes = token.scopes.iter().filter_map(|scope| match scope {
            Scope::Read => Some(ScopeView::Read),
            Scope::Submit => Some(ScopeView::Submit),
            Scope::Manage => Some(ScopeView::Manage),
            Scope::SetPassword => None,
        });
        TokenOfMine {
            scopes: scopes.collect(),
            id: token.id,
            label: token.label,
            created: time(token.created_ms),
            expires: token.expires_ms.map(time),
            used: token.used_ms.map(time),
        }
    }
}

/// Lists one's own tokens, the newest first.
#[utoipa::path(get, path = "/me/tokens", tag = "people", responses((status = 200, body = Vec<TokenOfMine>)))]
pub(crate) async fn tokens(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
) -> Result<Answer<Vec<TokenOfMine>>, Problem> {
    let tokens = rest.accounts.tokens(&person.name).await?;
    let tokens = tokens.into_iter().filter(|token| !token.scopes.contains(&Scope::SetPassword));
    Ok(Answer(tokens.map(TokenOfMine::from).collect()))
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What its owner calls it.
    #[serde(default)]
    #[schema(max_length = 100)]
    label: String,
    /// What can be done with it; never more than its owner may.
    scopes: BTreeSet<ScopeView>,
    /// In how many days it stops counting; never unless said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 36500)]
    days: Option<u32>,
}

/// A token with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMade {
    #[serde(flatten)]
    token: TokenOfMine,
    /// What programs show as `Authorization: Bearer …`.
    secret: String,
}

/// Makes a token.
///
/// This address takes name and password (`Authorization: Basic …`), too: that is how one gets a first token. With a
/// token, the new one does no more than it.
#[utoipa::path(post, path = "/me/tokens", tag = "people", request_body = NewToken,
    security(("token" = []), ("password" = [])), responses((status = 201, body = TokenMade)))]
pub(crate) async fn make_token(
    owner: Owner,
    State(rest): State<Arc<Rest>>,
    Json(wish): Json<NewToken>,
) -> Result<(StatusCode, Answer<TokenMade>), Problem> {
    if wish.scopes.is_empty() {
        return Err(Problem::mistake("scopes", "are none: say some of read, submit and manage"));
    }
    if wish.days.is_some_and(|days| !(1..=36_500).contains(&days)) {
        return Err(Problem::mistake("days", "should be 1 to 36500"));
    }
    if wish.label.chars().count() > 100 {
        return Err(Problem::mistake("label", "should have 100 characters at most"));
    }
    let scopes: BTreeSet<Scope> = wish
        .scopes
        .iter()
        .map(|scope| match scope {
            ScopeView::Read => Scope::Read,
            ScopeView::Submit => Scope::Submit,
            ScopeView::Manage => Scope::Manage,
        })
        .collect();
    for scope in &scopes {
        owner.allows(*scope)?;
    }
    let now = now_ms();
    let expires = wish.days.map(|days| now + i64::from(days) * 86_400_000);
    let (token, secret) = rest.door.make_token(&owner.person, &wish.label, scopes, expires, now).await?;
    let made = TokenMade { token: token.into(), secret: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Removes one of one's own tokens; it counts no more from now on. It takes the password, or a token of scope manage.
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "people", params(
    ("id" = String, Path, description = "Its id"),
), security(("token" = []), ("password" = [])), responses((status = 204, description = "It is gone")))]
pub(crate) async fn remove_token(
    owner: Owner,
    State(rest): State<Arc<Rest>>,
    Of(id): Of<String>,
) -> Result<StatusCode, Problem> {
    owner.allows(Scope::Manage)?;
    let person = owner.person;
    let mine = rest.accounts.tokens(&person.name).await?;
    let is_mine = mine.iter().any(|token| token.id == id);
    if is_mine && rest.accounts.remove_token(&id, &person.name, now_ms()).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::missing("you have no token of this id"))
}

/// An invitation, and the password its owner chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    /// The text of the invitation.
    invitation: String,
    /// 8 characters at least.
    password: String,
}

/// Whose password it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Welcome {
    /// The name to log in with.
    name: String,
}

/// Chooses the password of an account that one is invited to; each invitation counts once, within a day.
#[utoipa::path(post, path = "/invitations", tag = "people", request_body = Accepted, security(()),
    responses((status = 200, body = Welcome)))]
pub(crate) async fn accept(
    State(rest): State<Arc<Rest>>,
    Json(accepted): Json<Accepted>,
) -> Result<Answer<Welcome>, Problem> {
    let invitation = Secret::shown(&accepted.invitation);
    let name = rest.door.accept(&invitation, &accepted.password, now_ms()).await?;
    Ok(Answer(Welcome { name }))
}
