//! `/admin/people`: accounts, and invitations to choose a password.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use imaging::{Account, KnownBy, Permission, now_ms};
use rest::{AccountWish, Problem, Rest};
use serde::Deserialize;

use super::{Named, Tab, tabs, with};
use crate::routes::Pages;
use crate::show::{Moment, link, page, refused};
use crate::trouble::{Trouble, beside_form, see};
use crate::visitor::{Bar, Visitor};

/// So many accounts are on a page.
const PART: u32 = 100;

pub(super) fn routes() -> Pages {
    Pages::new()
        .route("/admin/people", get(list).post(put))
        .route("/admin/people/invite", post(invite))
        .route("/admin/people/remove", post(remove))
}

fn may(visitor: &Visitor) -> Result<(), Trouble> {
    with(visitor, Permission::ManageAccounts, "care for accounts")
}

/// What a person did that led here, whom they want to change, and where the list goes on.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    account: String,
    remove: String,
    done: String,
    after: String,
}

#[derive(Default, Template)]
#[template(path = "admin/people.html")]
struct PeoplePage {
    bar: Bar,
    tabs: Vec<Tab>,
    people: Vec<Line>,
    is_first: bool,
    /// Where the list goes on; empty at its end.
    more: String,
    groups: Vec<String>,
    /// What stands in the form.
    name: String,
    wish: AccountWish,
    is_new: bool,
    removing: String,
    said: &'static str,
    wrong: String,
    /// Whom an invitation is for, and the invitation, shown this once.
    invited: String,
    invitation: String,
}

struct Line {
    name: String,
    link: String,
    full_name: String,
    email: String,
    groups: String,
    active: bool,
    /// Who else says that it is them; empty where they have a password here.
    known_by: &'static str,
    created: Moment,
}

impl From<Account> for Line {
    fn from(account: Account) -> Line {
        Line {
            link: link(&account.name),
            groups: account.groups.into_iter().collect::<Vec<_>>().join(", "),
            created: Moment::of(account.created_ms, now_ms()),
            name: account.name,
            full_name: account.full_name,
            email: account.email,
            active: account.active,
            known_by: match account.known_by {
                KnownBy::Site => "",
                KnownBy::Directory => "by LDAP",
                KnownBy::Gone => "gone from LDAP",
                KnownBy::Proxy => "by the proxy",
            },
        }
    }
}

async fn shown(visitor: &Visitor, rest: &Rest, after: &str) -> Result<PeoplePage, Trouble> {
    let people = rest.accounts.accounts(after, PART).await?;
    let more = match people.last() {
        Some(last) if people.len() == PART as usize => format!("/admin/people?after={}", link(&last.name)),
        _ => String::new(),
    };
    Ok(PeoplePage {
        bar: visitor.bar("admin"),
        tabs: tabs(visitor, "people"),
        people: people.into_iter().map(Line::from).collect(),
        is_first: after.is_empty(),
        more,
        groups: rest.accounts.groups().await?.into_iter().map(|group| group.name).collect(),
        wish: AccountWish { active: true, ..AccountWish::default() },
        is_new: true,
        ..PeoplePage::default()
    })
}

async fn list(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    may(&visitor)?;
    let mut shown = shown(&visitor, &rest, &asked.after).await?;
    if let Some(account) = rest.accounts.account(&asked.account).await? {
        let Account { name, full_name, email, groups, active, .. } = account;
        (shown.name, shown.is_new) = (name, false);
        shown.wish = AccountWish { full_name, email, groups, active };
    }
    if rest.accounts.account(&asked.remove).await?.is_some() {
        shown.removing = asked.remove;
    }
    shown.said = match &*asked.done {
        "saved" => "It is saved.",
        "removed" => "The account is gone, with its tokens.",
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
    let text = |name: &str| {
        let sent = fields.iter().find(|(field, _)| field == name);
        sent.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let groups: BTreeSet<_> =
        fields.iter().filter(|(field, _)| field == "group").map(|(_, value)| value.clone()).collect();
    let (name, active) = (text("name"), !text("active").is_empty());
    let wish = AccountWish { full_name: text("full_name"), email: text("email"), groups, active };
    match rest.put_account(name.clone(), wish.clone(), &visitor.person).await {
        Ok(_) => Ok(see("/admin/people?done=saved")),
        Err(problem) => {
            let (status, wrong) = beside_form(problem)?;
            Ok(refused(status, &PeoplePage { name, wish, wrong, ..shown(&visitor, &rest, "").await? }))
        }
    }
}

/// Makes an invitation, and shows it this once.
async fn invite(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Form(Named { name }): Form<Named>,
) -> Result<Response, Trouble> {
    may(&visitor)?;
    let secret = rest.door.invite(&name, &visitor.person.name, now_ms()).await.map_err(Problem::from)?;
    let invitation = secret.reveal().to_owned();
    let mut response = page(&PeoplePage { invited: name, invitation, ..shown(&visitor, &rest, "").await? });
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn remove(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Form(Named { name }): Form<Named>,
) -> Result<Response, Trouble> {
    may(&visitor)?;
    match rest.remove_account(&name, &visitor.person).await {
        Ok(()) => Ok(see("/admin/people?done=removed")),
        // one that is gone already is as it was wished
        Err(problem) if problem.status() == StatusCode::NOT_FOUND => Ok(see("/admin/people?done=removed")),
        Err(problem) => {
            let (status, wrong) = beside_form(problem)?;
            Ok(refused(status, &PeoplePage { wrong, ..shown(&visitor, &rest, "").await? }))
        }
    }
}
