//! Accounts, for those who care for them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use imaging::{Account, KnownBy, now_ms};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::keeping::AccountWish;
use crate::asked::{Asked, Json, Of};
use crate::caller::AccountKeeper;
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::time;

/// Somebody who may log in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// The name they log in with.
    name: String,
    /// What they are called.
    full_name: String,
    /// Where mail reaches them.
    email: String,
    /// The groups they are in.
    groups: BTreeSet<String>,
    /// Whether they may log in.
    active: bool,
    /// Who says that it is them.
    known_by: Voucher,
    /// When the account was made.
    #[schema(format = DateTime)]
    created: String,
}

/// Who says that somebody is who they say.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Voucher {
    /// A password that is kept here.
    Site,
    /// LDAP.
    Directory,
    /// LDAP, which does not know them any more: they are outside.
    Gone,
    /// The proxy in front of the pages.
    Proxy,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> AccountView {
        AccountView {
            name: account.name,
            full_name: account.full_name,
            email: account.email,
            groups: account.groups,
            active: account.active,
            known_by: match account.known_by {
                KnownBy::Site => Voucher::Site,
                KnownBy::Directory => Voucher::Directory,
                KnownBy::Gone => Voucher::Gone,
                KnownBy::Proxy => Voucher::Proxy,
            },
            created: time(account.created_ms),
        }
    }
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct After {
    /// The last name of the part before.
    #[param(required = false)]
    after: String,
}

/// Lists accounts, sorted by name, 500 at a time.
#[utoipa::path(get, path = "/accounts", tag = "people", params(After), responses((status = 200, body = Vec<AccountView>)))]
pub(crate) async fn list(
    _: AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Asked(asked): Asked<After>,
) -> Result<Answer<Vec<AccountView>>, Problem> {
    let accounts = rest.accounts.accounts(&asked.after, 500).await?;
    Ok(Answer(accounts.into_iter().map(AccountView::from).collect()))
}

fn none(name: &str) -> Problem {
    Problem::missing(format!("there is no account {name:?}"))
}

/// Shows an account.
#[utoipa::path(get, path = "/accounts/{name}", tag = "people", params(
    ("name" = String, Path, description = "The name"),
), responses((status = 200, body = AccountView)))]
pub(crate) async fn show(
    _: AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Of(name): Of<String>,
) -> Result<Answer<AccountView>, Problem> {
    let account = rest.accounts.account(&name).await?;
    account.map(|account| Answer(account.into())).ok_or_else(|| none(&name))
}

/// What is written into an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountBody {
    /// What they are called.
    #[serde(default)]
    full_name: String,
    /// Where mail reaches them.
    #[serde(default)]
    email: String,
    /// The groups they are in.
    #[serde(default)]
    groups: BTreeSet<String>,
    /// Whether they may log in; yes unless said.
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// Writes an account, over the one of its name; a new one has no password until its owner accepts an invitation.
#[utoipa::path(put, path = "/accounts/{name}", tag = "people", params(
    ("name" = String, Path, description = "The name: letters, digits, `_`, `-`, `.`, `@` and `+`"),
), request_body = AccountBody, responses((status = 200, body = AccountView)))]
pub(crate) async fn put(
    AccountKeeper(person): AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Of(name): Of<String>,
    Json(wish): Json<AccountBody>,
) -> Result<Answer<AccountView>, Problem> {
    let AccountBody { full_name, email, groups, active } = wish;
    let wish = AccountWish { full_name, email, groups, active };
    Ok(Answer(rest.put_account(name, wish, &person).await?.into()))
}

/// Removes an account with its tokens; its jobs stay.
#[utoipa::path(delete, path = "/accounts/{name}", tag = "people", params(
    ("name" = String, Path, description = "The name"),
), responses((status = 204, description = "It is gone")))]
pub(crate) async fn remove(
    AccountKeeper(person): AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Of(name): Of<String>,
) -> Result<StatusCode, Problem> {
    rest.remove_account(&name, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// What its owner sends to `/api/v1/invitations`, once, within a day.
    invitation: String,
}

/// Invites the owner of an account to choose its password.
#[utoipa::path(post, path = "/accounts/{name}/invitation", tag = "people", params(
    ("name" = String, Path, description = "The name"),
), responses((status = 201, body = Invitation)))]
pub(crate) async fn invite(
    AccountKeeper(person): AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Of(name): Of<String>,
) -> Result<(StatusCode, Answer<Invitation>), Problem> {
    let secret = rest.door.invite(&name, &person.name, now_ms()).await?;
    Ok((StatusCode::CREATED, Answer(Invitation { invitation: secret.reveal().to_owned() })))
}
