//! Groups, and the audit log.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use imaging::Group;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::me::May;
use crate::asked::{Asked, Json, Of};
use crate::caller::AccountKeeper;
use crate::problem::Problem;
use crate::service::Rest;
use crate::view::time;

/// What several people may.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupView {
    /// Its name.
    name: String,
    /// What its members may.
    permissions: BTreeSet<May>,
}

/// Lists the groups.
#[utoipa::path(get, path = "/groups", tag = "people", responses((status = 200, body = Vec<GroupView>)))]
pub(crate) async fn list(
    _: AccountKeeper,
    State(rest): State<Arc<Rest>>,
) -> Result<Answer<Vec<GroupView>>, Problem> {
    let groups = rest.accounts.groups().await?;
    let view = |group: Group| GroupView {
        name: group.name,
        permissions: group.permissions.into_iter().map(May::from).collect(),
    };
    Ok(Answer(groups.into_iter().map(view).collect()))
}

/// What is written into a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupWish {
    /// What its members may.
    permissions: BTreeSet<May>,
}

/// Writes a group, over the one of its name.
#[utoipa::path(put, path = "/groups/{name}", tag = "people", params(
    ("name" = String, Path, description = "The name: as that of an account"),
), request_body = GroupWish, responses((status = 204, description = "It is there")))]
pub(crate) async fn put(
    AccountKeeper(person): AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Of(name): Of<String>,
    Json(wish): Json<GroupWish>,
) -> Result<StatusCode, Problem> {
    let permissions = wish.permissions.into_iter().map(Into::into).collect();
    rest.put_group(&name, permissions, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a group; its members have nothing from it any more.
#[utoipa::path(delete, path = "/groups/{name}", tag = "people", params(
    ("name" = String, Path, description = "The name"),
), responses((status = 204, description = "It is gone")))]
pub(crate) async fn remove(
    AccountKeeper(person): AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Of(name): Of<String>,
) -> Result<StatusCode, Problem> {
    rest.remove_group(&name, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the audit log goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Before {
    /// Entries older than the one of this number.
    #[param(required = false)]
    before: Option<i64>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// Its number; an older entry has a smaller one.
    number: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it; `-` when nobody was logged in.
    who: String,
    /// What they did.
    what: String,
    /// What it was done to.
    about: String,
}

/// Shows the audit log, the newest first, 200 at a time.
#[utoipa::path(get, path = "/audit", tag = "people", params(Before), responses((status = 200, body = Vec<AuditView>)))]
pub(crate) async fn audit(
    _: AccountKeeper,
    State(rest): State<Arc<Rest>>,
    Asked(asked): Asked<Before>,
) -> Result<Answer<Vec<AuditView>>, Problem> {
    let entries = rest.accounts.audit_log(asked.before, 200).await?;
    let view = |(number, entry): (i64, imaging::AuditEntry)| AuditView {
        number,
        at: time(entry.at_ms),
        who: entry.who,
        what: entry.what,
        about: entry.about,
    };
    Ok(Answer(entries.into_iter().map(view).collect()))
}
