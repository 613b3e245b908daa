//! `/queue`: jobs, the newest first. The filters are in the address.

mod asked;
mod live;
mod rows;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use imaging::{Entry, Table};
use rest::Rest;

pub(crate) use self::asked::Asked;
pub(crate) use self::rows::rows;
use crate::routes::Pages;
use crate::show::{Row, page};
use crate::trouble::Trouble;
use crate::visitor::{Bar, Visitor};

/// So many jobs are on a page.
pub(crate) const PART: u32 = 30;

pub(crate) fn routes() -> Pages {
    Pages::new().route("/queue", get(queue)).route("/queue/events", get(live::events))
}

/// A filter that is chosen from a list.
pub(crate) struct Choice {
    pub(crate) label: &'static str,
    pub(crate) name: &'static str,
    pub(crate) options: Vec<String>,
    pub(crate) chosen: String,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    bar: Bar,
    asked: Asked,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    is_mine: bool,
    is_filtered: bool,
    all: String,
    mine: String,
    newest: String,
    older: String,
    /// What a person did that led here.
    said: &'static str,
    /// What is wrong with the filters.
    wrong: String,
    /// Whether rows change by themselves.
    live: bool,
    events: String,
}

async fn queue(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let choices = choices(&rest, &asked).await?;
    let (filter, after, wrong) = asked.filter();
    let part =
        if wrong.is_empty() { rest.desk.list(&filter, after, PART).await? } else { imaging::Page::default() };
    let me = &visitor.person.name;
    let ids: Vec<_> = part.jobs.iter().map(|job| job.image_id.as_str()).collect();
    let events = format!("/queue/events?rows={}", ids.join(","));
    let with = |change: &dyn Fn(&mut Asked)| {
        let mut other = Asked { after: String::new(), done: String::new(), ..asked.clone() };
        change(&mut other);
        other.address("/queue")
    };
    Ok(page(&QueuePage {
        bar: visitor.bar("queue"),
        choices,
        rows: rows(&rest, part.jobs, &visitor.person).await,
        is_mine: asked.user == *me,
        is_filtered: asked.is_filtered(),
        all: with(&|other| other.user.clear()),
        mine: with(&|other| other.user.clone_from(me)),
        newest: if asked.after.is_empty() { String::new() } else { with(&|_| {}) },
        older: part.next.map_or_else(String::new, |next| with(&|other| other.after = next.to_string())),
        said: done(&asked.done),
        live: asked.after.is_empty() && wrong.is_empty(),
        wrong,
        events: asked.address(&events),
        asked,
    }))
}

/// Says what was done before this page came.
fn done(word: &str) -> &'static str {
    match word {
        "deleted" => "The job is gone; its files follow within moments.",
        _ => "",
    }
}

pub(crate) async fn choices(rest: &Rest, asked: &Asked) -> Result<Vec<Choice>, Trouble> {
    let mut choices = Vec::new();
    for (label, name, table, chosen) in [
        ("Queue", "queue", Table::Queues, &asked.queue),
        ("State", "status", Table::JobStates, &asked.status),
        ("Type", "type", Table::ImageTypes, &asked.image_type),
        ("Architecture", "arch", Table::Arches, &asked.arch),
    ] {
        let entries = rest.desk.registry.entries(table).await?;
        let mut options: Vec<String> = entries.iter().map(Entry::name).map(str::to_owned).collect();
        // jobs outlive the entries they were made with
        if !chosen.is_empty() && !options.contains(chosen) {
            options.push(chosen.clone());
        }
        choices.push(Choice { label, name, options, chosen: chosen.clone() });
    }
    Ok(choices)
}
