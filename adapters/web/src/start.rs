//! `/`: what a person can do, and how their latest jobs are. `/theme`: how pages look.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{REFERER, SET_COOKIE};
use axum::response::Response;
use axum::routing::{get, post};
use imaging::{JobFilter, JobStatus};
use rest::Rest;
use serde::Deserialize;

use crate::queue::rows;
use crate::routes::Pages;
use crate::show::{Row, page};
use crate::trouble::{Trouble, see};
use crate::visitor::{Bar, Visitor, theme_cookie};

/// So many jobs are shown.
const LATEST: u32 = 5;
/// So many jobs under way are counted; more are `many`.
const COUNTED: u32 = 100;

pub(crate) fn routes() -> Pages {
    Pages::new().route("/", get(start)).route("/theme", post(theme))
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    bar: Bar,
    underway: String,
    rows: Vec<Row>,
}

async fn start(visitor: Visitor, State(rest): State<Arc<Rest>>) -> Result<Response, Trouble> {
    let of = |status| JobFilter { status: Some(status), ..JobFilter::default() };
    let building = rest.desk.list(&of(JobStatus::Building), None, COUNTED).await?;
    let waiting = rest.desk.list(&of(JobStatus::InQueue), None, COUNTED).await?;
    let number = |page: &imaging::Page| match page.next {
        Some(_) => "many".to_owned(),
        None => page.jobs.len().to_string(),
    };
    let underway = match (number(&building), number(&waiting)) {
        (building, waiting) if building == "0" && waiting == "0" => "Nothing is being built".to_owned(),
        (building, waiting) => format!("{building} being built, {waiting} waiting"),
    };
    let mine = JobFilter { user: Some(visitor.person.name.clone()), ..JobFilter::default() };
    let jobs = rest.desk.list(&mine, None, LATEST).await?.jobs;
    let rows = rows(&rest, jobs, &visitor.person).await;
    Ok(page(&StartPage { bar: visitor.bar("start"), underway, rows }))
}

#[derive(Deserialize)]
struct Theme {
    theme: String,
}

async fn theme(headers: HeaderMap, Form(wish): Form<Theme>) -> Response {
    let theme = if ["light", "dark"].contains(&&*wish.theme) { &*wish.theme } else { "" };
    let mut response = see(&back(&headers));
    if let Some(cookie) = theme_cookie(theme, &headers) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Returns the page of ours that a form was on.
pub(crate) fn back(headers: &HeaderMap) -> String {
    let from = headers.get(REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = from.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    crate::login::place(path.unwrap_or("/")).to_owned()
}
