//! `/admin/groups`: what people may.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use imaging::{Group, Permission};
use rest::Rest;
use serde::Deserialize;

use super::{Named, Tab, tabs, with};
use crate::routes::Pages;
use crate::show::{link, page, refused};
use crate::trouble::{Trouble, beside_form, see};
use crate::visitor::{Bar, Visitor};

/// Each permission: as forms send it, and as people read it.
const PERMISSIONS: [(Permission, &str, &str); 4] = [
    (Permission::Submit, "submit", "ask for images, and care for their own jobs"),
    (Permission::ManageJobs, "jobs", "care for everybody's jobs"),
    (Permission::ManageSite, "site", "fill the tables of the site"),
    (Permission::ManageAccounts, "accounts", "care for people and groups"),
];

pub(super) fn routes() -> Pages {
    Pages::new().route("/admin/groups", get(list).post(put)).route("/admin/groups/remove", post(remove))
}

fn may(visitor: &Visitor) -> Result<(), Trouble> {
    with(visitor, Permission::ManageAccounts, "care for groups")
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    group: String,
    remove: String,
    done: String,
}

#[derive(Default, Template)]
#[template(path = "admin/groups.html")]
struct GroupsPage {
    bar: Bar,
    tabs: Vec<Tab>,
    groups: Vec<Line>,
    name: String,
    /// Each permission as forms send it and people read it, and whether it is chosen.
    permissions: Vec<(&'static str, &'static str, bool)>,
    is_new: bool,
    removing: String,
    said: &'static str,
    wrong: String,
}

struct Line {
    name: String,
    link: String,
    may: String,
    /// The one of those who may everything stays as it is.
    stays: bool,
}

impl From<&Group> for Line {
    fn from(group: &Group) -> Line {
        let own = PERMISSIONS.iter().filter(|(permission, ..)| group.permissions.contains(permission));
        Line {
            name: group.name.clone(),
            link: link(&group.name),
            may: own.map(|(_, _, words)| *words).collect::<Vec<_>>().join("; "),
            stays: group.name == Group::ADMINISTRATORS,
        }
    }
}

fn chosen(permissions: &BTreeSet<Permission>) -> Vec<(&'static str, &'static str, bool)> {
    PERMISSIONS.iter().map(|(one, word, words)| (*word, *words, permissions.contains(one))).collect()
}

fn shown(visitor: &Visitor, groups: &[Group]) -> GroupsPage {
    GroupsPage {
        bar: visitor.bar("admin"),
        tabs: tabs(visitor, "groups"),
        groups: groups.iter().map(Line::from).collect(),
        permissions: chosen(&BTreeSet::new()),
        is_new: true,
        ..GroupsPage::default()
    }
}

async fn list(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    may(&visitor)?;
    let groups = rest.accounts.groups().await?;
    let mut shown = shown(&visitor, &groups);
    if let Some(group) = groups.iter().find(|group| group.name == asked.group) {
        (shown.name, shown.is_new) = (group.name.clone(), false);
        shown.permissions = chosen(&group.permissions);
    }
    if groups.iter().any(|group| group.name == asked.remove) {
        shown.removing = asked.remove;
    }
    shown.said = match &*asked.done {
        "saved" => "It is saved.",
        "removed" => "It is gone.",
        _ => "",
    };
    Ok(page(&shown))
}

async fn put(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    may(&visitor)?;
    let name = fields.iter().find(|(field, _)| field == "name").map(|(_, value)| value.trim().to_owned());
    let name = name.unwrap_or_default();
    let is_sent = |word: &str| fields.iter().any(|(field, value)| field == "may" && value == word);
    let permissions: BTreeSet<_> =
        PERMISSIONS.iter().filter(|(_, word, _)| is_sent(word)).map(|(one, ..)| *one).collect();
    match rest.put_group(&name, permissions.clone(), &visitor.person).await {
        Ok(()) => Ok(see("/admin/groups?done=saved")),
        Err(problem) => {
            let (status, wrong) = beside_form(problem)?;
            let groups = rest.accounts.groups().await?;
            let permissions = chosen(&permissions);
            Ok(refused(status, &GroupsPage { name, permissions, wrong, ..shown(&visitor, &groups) }))
        }
    }
}

async fn remove(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Form(Named { name }): Form<Named>,
) -> Result<Response, Trouble> {
    may(&visitor)?;
    match rest.remove_group(&name, &visitor.person).await {
        Ok(()) => Ok(see("/admin/groups?done=removed")),
        // one that is gone already is as it was wished
        Err(problem) if problem.status() == StatusCode::NOT_FOUND => Ok(see("/admin/groups?done=removed")),
        Err(problem) => {
            let (status, wrong) = beside_form(problem)?;
            let groups = rest.accounts.groups().await?;
            Ok(refused(status, &GroupsPage { wrong, ..shown(&visitor, &groups) }))
        }
    }
}
