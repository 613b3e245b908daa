//! `/admin`: many jobs at once, the disk, the tables of the site, people and groups, and the audit log.

mod columns;
mod disk;
mod groups;
mod jobs;
mod people;

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use imaging::{Entry, Permission, Table, now_ms};
use rest::{Problem, Rest};
use serde::Deserialize;

use self::columns::{Cell, Column, columns, help, value};
use crate::routes::Pages;
use crate::show::{Moment, link, page, refused};
use crate::trouble::{Trouble, beside_form, see};
use crate::visitor::{Bar, Visitor};

/// So many entries of the audit log are on a page.
const PART: u32 = 100;

pub(crate) fn routes() -> Pages {
    Pages::new()
        .route("/admin", get(home))
        .route("/admin/jobs", get(jobs::list).post(jobs::delete))
        .route("/admin/audit", get(audit))
        .route("/admin/disk", get(disk::disk))
        .merge(people::routes())
        .merge(groups::routes())
        .route("/admin/{table}", get(table).post(put))
        .route("/admin/{table}/remove", post(remove))
}

/// Refuses whoever may not.
fn with(visitor: &Visitor, permission: Permission, what: &str) -> Result<(), Trouble> {
    if visitor.person.may(permission) {
        return Ok(());
    }
    Err(Problem::not_allowed(format!("you may not {what}: it takes an administrator")).into())
}

/// A tab, its address and whether it is shown.
struct Tab {
    name: &'static str,
    path: &'static str,
    is_here: bool,
}

fn tabs(visitor: &Visitor, here: &str) -> Vec<Tab> {
    let mut tabs = Vec::new();
    if visitor.person.may(Permission::ManageJobs) {
        tabs.extend([("Jobs", "jobs"), ("Disk", "disk")]);
    }
    if visitor.person.may(Permission::ManageSite) {
        tabs.extend(Table::ALL.map(|table| (title(table), table.as_str())));
    }
    if visitor.person.may(Permission::ManageAccounts) {
        tabs.extend([("People", "people"), ("Groups", "groups"), ("Audit log", "audit")]);
    }
    tabs.into_iter().map(|(name, path)| Tab { name, path, is_here: path == here }).collect()
}

fn title(table: Table) -> &'static str {
    match table {
        Table::Queues => "Queues",
        Table::Arches => "Architectures",
        Table::ImageTypes => "Image types",
        Table::BuildServices => "Build services",
        Table::Tokens => "Tokens",
        Table::JobStates => "States",
        Table::PostProcesses => "Post-processes",
    }
}

async fn home(visitor: Visitor) -> Result<Response, Trouble> {
    match tabs(&visitor, "").first() {
        Some(tab) => Ok(see(&format!("/admin/{}", tab.path))),
        None => {
            Err(Problem::not_allowed("you may not administer this site: it takes an administrator").into())
        }
    }
}

fn read(text: &str) -> Result<Table, Trouble> {
    let found = Table::ALL.into_iter().find(|table| table.as_str() == text);
    Ok(found.ok_or_else(|| Problem::missing("there is no such table"))?)
}

/// What a person did that led here, and which entry they want to change.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    entry: String,
    remove: String,
    done: String,
}

#[derive(Template)]
#[template(path = "admin/table.html")]
struct TablePage {
    bar: Bar,
    tabs: Vec<Tab>,
    title: &'static str,
    path: &'static str,
    help: &'static str,
    columns: &'static [Column],
    /// The name of each entry, for its address, and its cells.
    entries: Vec<(String, Vec<Cell>)>,
    /// What stands in the form.
    cells: Vec<Cell>,
    states: Vec<String>,
    /// The entry that is to go, when that is asked.
    removing: String,
    is_new: bool,
    said: &'static str,
    wrong: String,
}

impl TablePage {
    async fn of(
        visitor: &Visitor,
        rest: &Rest,
        table: Table,
        entries: &[Entry],
        cells: Vec<Cell>,
    ) -> Result<TablePage, Trouble> {
        let states = rest.desk.registry.entries(Table::JobStates).await?;
        let columns = columns(table);
        let name = cells.first().map(|cell| cell.text.as_str()).unwrap_or_default();
        let is_new = entries.iter().all(|entry| entry.name() != name);
        let line = |entry: &Entry| {
            (link(entry.name()), columns.iter().map(|column| value(entry, column.name)).collect())
        };
        Ok(TablePage {
            bar: visitor.bar("admin"),
            tabs: tabs(visitor, table.as_str()),
            title: title(table),
            path: table.as_str(),
            help: help(table),
            columns,
            entries: entries.iter().map(line).collect(),
            is_new,
            cells: if cells.is_empty() { columns.iter().map(|_| Cell::default()).collect() } else { cells },
            states: states.iter().map(Entry::name).map(str::to_owned).collect(),
            removing: String::new(),
            said: "",
            wrong: String::new(),
        })
    }
}

async fn table(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let table = read(&name)?;
    with(&visitor, Permission::ManageSite, "change what the site offers")?;
    let entries = rest.desk.registry.entries(table).await?;
    let cells = match entries.iter().find(|entry| entry.name() == asked.entry) {
        Some(entry) => columns(table).iter().map(|column| value(entry, column.name)).collect(),
        None => Vec::new(),
    };
    let is_there = entries.iter().any(|entry| entry.name() == asked.remove);
    Ok(page(&TablePage {
        said: match &*asked.done {
            "saved" => "It is saved.",
            "removed" => "It is gone.",
            _ => "",
        },
        removing: if is_there { asked.remove } else { String::new() },
        ..TablePage::of(&visitor, &rest, table, &entries, cells).await?
    }))
}

async fn put(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Path(name): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let table = read(&name)?;
    with(&visitor, Permission::ManageSite, "change what the site offers")?;
    let cells: Vec<Cell> = columns(table).iter().map(|column| Cell::sent(column, &fields)).collect();
    let entry = cells.first().map(|cell| cell.text.trim().to_owned()).unwrap_or_default();
    let body = columns::body(table, &cells);
    match rest.put_entry(table, entry, body, &visitor.person).await {
        Ok(()) => Ok(see(&format!("/admin/{}?done=saved", table.as_str()))),
        Err(problem) => {
            let (status, wrong) = beside_form(problem)?;
            let entries = rest.desk.registry.entries(table).await?;
            let again = TablePage::of(&visitor, &rest, table, &entries, cells).await?;
            Ok(refused(status, &TablePage { wrong, ..again }))
        }
    }
}

/// What a form is about.
#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn remove(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Path(name): Path<String>,
    Form(removed): Form<Named>,
) -> Result<Response, Trouble> {
    let table = read(&name)?;
    with(&visitor, Permission::ManageSite, "change what the site offers")?;
    // one that is gone already is as it was wished
    rest.desk.remove_entry(&visitor.person, table, &removed.name, now_ms()).await?;
    Ok(see(&format!("/admin/{}?done=removed", table.as_str())))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Before {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    bar: Bar,
    tabs: Vec<Tab>,
    entries: Vec<(Moment, imaging::AuditEntry)>,
    older: Option<i64>,
    is_first: bool,
}

async fn audit(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(Before { before }): Query<Before>,
) -> Result<Response, Trouble> {
    with(&visitor, Permission::ManageAccounts, "read the audit log")?;
    let entries = rest.accounts.audit_log(before, PART).await?;
    let older = entries.last().map(|(number, _)| *number).filter(|_| entries.len() == PART as usize);
    let now = now_ms();
    let entries = entries.into_iter().map(|(_, entry)| (Moment::of(entry.at_ms, now), entry)).collect();
    let (bar, tabs) = (visitor.bar("admin"), tabs(&visitor, "audit"));
    Ok(page(&AuditPage { bar, tabs, entries, older, is_first: before.is_none() }))
}
