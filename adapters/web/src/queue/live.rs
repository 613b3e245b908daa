//! Rows that change while somebody looks at them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::response::sse::Event;
use imaging::{JobFilter, Person};
use rest::{Problem, Rest};
use serde::Deserialize;

use super::{Asked, PART, rows};
use crate::job::image_id;
use crate::live::{News, told};
use crate::show::RowPart;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

/// How often to look for news.
const OFTEN: Duration = Duration::from_secs(2);

struct Rows {
    person: Person,
    filter: JobFilter,
    /// Where to go to see newer ones.
    address: String,
    /// When the newest job of the page was asked for; later ones are newer than the page.
    newest_ms: i64,
    /// The rows of the page as they were last sent, by id; none before the first look.
    sent: Option<HashMap<String, Sent>>,
    newer: usize,
}

/// A row as it was last sent.
struct Sent {
    html: String,
    is_over: bool,
    created_ms: i64,
}

/// The row of a job that was deleted.
#[derive(Template)]
#[template(path = "gone.html")]
struct Gone<'a> {
    id: &'a str,
}

fn event(id: &str, html: &str) -> Event {
    Event::default().event(format!("job-{id}")).data(html)
}

#[async_trait::async_trait]
impl News for Rows {
    async fn look(&mut self, rest: &Rest) -> Result<Option<Vec<Event>>, Trouble> {
        let part = rest.desk.list(&self.filter, None, PART).await?;
        // what is older is on the next page
        let oldest_ms = part.next.as_ref().and(part.jobs.last()).map_or(i64::MIN, |job| job.created_ms);
        let mut events = Vec::new();
        let mut newer = 0;
        let mut listed = HashSet::new();
        let is_first = self.sent.is_none();
        let sent = self.sent.get_or_insert_default();
        let times: Vec<_> = part.jobs.iter().map(|job| job.created_ms).collect();
        for (row, created_ms) in rows(rest, part.jobs, &self.person).await.into_iter().zip(times) {
            listed.insert(row.id.clone());
            let html = RowPart { row: &row }.render().map_err(|error| Problem::ours(&error))?;
            match sent.get_mut(&row.id) {
                Some(before) if before.html == html => continue,
                Some(before) => (before.html, before.is_over) = (html.clone(), row.is_over),
                // what changed between the page and the first look is sent, too
                None if is_first && created_ms <= self.newest_ms => {
                    let first = Sent { html: html.clone(), is_over: row.is_over, created_ms };
                    sent.insert(row.id.clone(), first);
                }
                None => {
                    newer += usize::from(created_ms > oldest_ms);
                    continue;
                }
            }
            events.push(event(&row.id, &html));
        }
        events.extend(left(rest, &self.person, sent, &listed, oldest_ms).await?);
        if newer != self.newer {
            self.newer = newer;
            let text = crate::show::count(newer as u64, "newer job", "newer jobs");
            // the address has no sign in it that HTML knows
            let link = format!("<a href=\"{}\">Show {text}</a>", self.address);
            events.push(Event::default().event("newer").data(link));
        }
        Ok(Some(events))
    }
}

/// Tells what became of rows that the list has no longer: deleted, no more what is filtered for, or pushed off its end.
async fn left(
    rest: &Rest,
    person: &Person,
    sent: &mut HashMap<String, Sent>,
    listed: &HashSet<String>,
    oldest_ms: i64,
) -> Result<Vec<Event>, Trouble> {
    let has_news = |row: &Sent| !row.is_over || row.created_ms > oldest_ms;
    let left = sent.iter().filter(|(id, row)| !listed.contains(*id) && has_news(row));
    let left: Vec<String> = left.map(|(id, _)| id.clone()).collect();
    let mut events = Vec::new();
    for id in left {
        let job = rest.desk.jobs.job(&image_id(&id)?).await?.map(|job| job.line());
        let row = rows(rest, Vec::from_iter(job), person).await.pop();
        let html = match &row {
            Some(row) => RowPart { row }.render(),
            None => Gone { id: &id }.render(),
        };
        let html = html.map_err(|error| Problem::ours(&error))?;
        if sent.get(&id).is_some_and(|before| before.html != html) {
            events.push(event(&id, &html));
        }
        match (row, sent.get_mut(&id)) {
            (Some(row), Some(before)) if !row.is_over => before.html = html,
            // nothing more is to be told of it
            _ => drop(sent.remove(&id)),
        }
    }
    Ok(events)
}

/// What the page says of itself.
#[derive(Deserialize)]
pub(super) struct Of {
    newest: Option<i64>,
}

pub(super) async fn events(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
    Query(Of { newest }): Query<Of>,
) -> Result<Response, Trouble> {
    let (filter, _, wrong) = asked.filter();
    if !wrong.is_empty() {
        return Err(Problem::unreadable(wrong).into());
    }
    let address = Asked { after: String::new(), ..asked }.address("/queue").replace('&', "&amp;");
    let (person, newest_ms) = (visitor.person, newest.unwrap_or(i64::MAX));
    told(rest, Rows { person, filter, address, newest_ms, sent: None, newer: 0 }, OFTEN)
}
