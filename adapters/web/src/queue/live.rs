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
    /// The rows of the page as they were last sent, by id; none before the first look, which is the page then.
    sent: Option<HashMap<String, Sent>>,
    newer: usize,
}

/// A row as it was last sent; nothing when it was not.
#[derive(Default)]
struct Sent {
    html: String,
    /// Whether nothing more is to be told of it: it left the list when it was over.
    is_settled: bool,
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
        let mut events = Vec::new();
        let sent = self.sent.get_or_insert_with(|| {
            part.jobs.iter().map(|job| (job.image_id.to_string(), Sent::default())).collect()
        });
        // what is below the last row of a page that is full is on the next
        let is_full = sent.len() >= PART as usize;
        let last = part.jobs.iter().rposition(|job| sent.contains_key(job.image_id.as_str()));
        let above = last.filter(|_| is_full).unwrap_or(part.jobs.len());
        let newer = part.jobs[..above].iter().filter(|job| !sent.contains_key(job.image_id.as_str())).count();
        let mut listed = HashSet::new();
        for row in rows(rest, part.jobs, &self.person).await {
            listed.insert(row.id.clone());
            let html = RowPart { row: &row }.render().map_err(|error| Problem::ours(&error))?;
            let Some(before) = sent.get_mut(&row.id) else { continue };
            if before.html != html {
                // what changed between the page and the first look is sent, too
                events.push(event(&row.id, &html));
            }
            *before = Sent { html, is_settled: false };
        }
        events.extend(left(rest, &self.person, sent, &listed).await?);
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
) -> Result<Vec<Event>, Trouble> {
    let left = sent.iter_mut().filter(|(id, row)| !row.is_settled && !listed.contains(*id));
    let mut events = Vec::new();
    for (id, before) in left {
        let job = rest.desk.jobs.job(&image_id(id)?).await?.map(|job| job.line());
        let row = rows(rest, Vec::from_iter(job), person).await.pop();
        let html = match &row {
            Some(row) => RowPart { row }.render(),
            None => Gone { id }.render(),
        };
        let html = html.map_err(|error| Problem::ours(&error))?;
        if before.html != html {
            events.push(event(id, &html));
        }
        *before = Sent { html, is_settled: row.is_none_or(|row| row.is_over) };
    }
    Ok(events)
}

/// What the page says of itself.
#[derive(Deserialize)]
pub(super) struct Of {
    /// The ids of its rows, with commas between them.
    rows: Option<String>,
}

/// Returns the rows that a page says it has; no page has more than its part of the list.
fn said(rows: &str) -> HashMap<String, Sent> {
    let ids = rows.split(',').filter(|id| image_id(id).is_ok()).take(PART as usize);
    ids.map(|id| (id.to_owned(), Sent::default())).collect()
}

pub(super) async fn events(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
    Query(Of { rows }): Query<Of>,
) -> Result<Response, Trouble> {
    let (filter, _, wrong) = asked.filter();
    if !wrong.is_empty() {
        return Err(Problem::unreadable(wrong).into());
    }
    let address = Asked { after: String::new(), ..asked }.address("/queue").replace('&', "&amp;");
    let sent = rows.as_deref().map(said);
    told(rest, Rows { person: visitor.person, filter, address, sent, newer: 0 }, OFTEN)
}
