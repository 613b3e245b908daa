//! `/admin/jobs`: many jobs at once, deleted after a look at what goes.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use imaging::{Permission, now_ms};
use rest::Rest;
use serde::Deserialize;

use super::{Tab, tabs, with};
use crate::job::image_id;
use crate::queue::{Asked, Choice, choices, rows};
use crate::show::{Row, count, page, size};
use crate::trouble::{Trouble, see, told};
use crate::visitor::{Bar, Visitor};

/// So many jobs are on a page, and go at once.
const PART: u32 = 100;
/// The address of all of them.
const LIST: &str = "/admin/jobs";

/// Which are chosen before anybody chooses.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    all: String,
}

/// Returns the list that a form says it was on.
fn list_of(fields: &[(String, String)]) -> String {
    let said = fields.iter().find(|(name, _)| name == "list").map(|(_, list)| crate::login::place(list));
    said.filter(|list| list.split('?').next() == Some(LIST)).unwrap_or(LIST).to_owned()
}

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct JobsPage {
    bar: Bar,
    tabs: Vec<Tab>,
    asked: Asked,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    /// Whether all that can go are chosen.
    all: bool,
    /// The address of this list, and of it with all chosen.
    list: String,
    all_at: String,
    older: String,
    said: String,
    wrong: String,
}

pub(super) async fn list(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
    Query(Chosen { all }): Query<Chosen>,
) -> Result<Response, Trouble> {
    with(&visitor, Permission::ManageJobs, "care for everybody's jobs")?;
    let (filter, after, wrong) = asked.filter();
    let part =
        if wrong.is_empty() { rest.desk.list(&filter, after, PART).await? } else { imaging::Page::default() };
    // the address says a number, and nothing else of it is shown
    let said = asked.done.parse::<u64>().map_or_else(
        |_| String::new(),
        |gone| format!("{} gone; the files follow within moments.", count(gone, "job is", "jobs are")),
    );
    let older = part
        .next
        .map_or_else(String::new, |next| Asked { after: next.to_string(), ..asked.clone() }.address(LIST));
    let asked = Asked { done: String::new(), ..asked };
    Ok(page(&JobsPage {
        all: all == "yes",
        list: asked.address(LIST),
        all_at: asked.address(&format!("{LIST}?all=yes")),
        bar: visitor.bar("admin"),
        tabs: tabs(&visitor, "jobs"),
        choices: choices(&rest, &asked).await?,
        rows: rows(&rest, part.jobs, &visitor.person).await,
        older,
        said,
        wrong,
        asked,
    }))
}

#[derive(Template)]
#[template(path = "admin/delete.html")]
struct DeletePage {
    bar: Bar,
    /// Each that goes: its id and what goes with it.
    goes: Vec<(String, String)>,
    /// The list they were chosen from.
    list: String,
    /// Each that stays, and why.
    stays: Vec<(String, String)>,
    whole: String,
}

/// Shows what would go; with `sure` it goes.
pub(super) async fn delete(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    with(&visitor, Permission::ManageJobs, "care for everybody's jobs")?;
    let list = list_of(&fields);
    let is_sure = fields.iter().any(|(name, value)| name == "sure" && value == "yes");
    let ids = fields.iter().filter(|(name, _)| name == "id").map(|(_, id)| id).take(PART as usize);
    let (mut gone, mut files, mut bytes) = (0_u64, 0, 0);
    let (mut goes, mut stays) = (Vec::new(), Vec::new());
    for text in ids {
        let id = image_id(text)?;
        if is_sure {
            // one that changed since the look stays
            gone += u64::from(rest.desk.delete(&visitor.person, &id, now_ms()).await.is_ok());
            continue;
        }
        match rest.desk.preview_deletion(&visitor.person, &id).await {
            Ok(contents) => {
                (files, bytes) = (files + contents.count, bytes + contents.bytes);
                let what = format!("{}, {}", count(contents.count, "file", "files"), size(contents.bytes));
                goes.push((text.clone(), what));
            }
            Err(imaging::Refusal::NoJob(_)) => stays.push((text.clone(), "It is gone already.".into())),
            Err(refusal) => stays.push((text.clone(), told(refusal)?)),
        }
    }
    if is_sure {
        let sign = if list.contains('?') { '&' } else { '?' };
        return Ok(see(&format!("{list}{sign}done={gone}")));
    }
    let jobs = count(goes.len() as u64, "job", "jobs");
    let whole = format!("{jobs}, {} and {}", count(files, "file", "files"), size(bytes));
    Ok(page(&DeletePage { bar: visitor.bar("admin"), goes, list, stays, whole }))
}
