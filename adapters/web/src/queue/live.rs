//! Rows that change while somebody looks at them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::response::sse::Event;
use imaging::{JobFilter, Person};
use rest::{Problem, Rest};

use super::{Asked, PART, rows};
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
    /// The rows as they were last sent, by id; none before the first look.
    sent: Option<HashMap<String, String>>,
    newer: usize,
}

#[async_trait::async_trait]
impl News for Rows {
    async fn look(&mut self, rest: &Rest) -> Result<Option<Vec<Event>>, Trouble> {
        let part = rest.desk.list(&self.filter, None, PART).await?;
        let mut events = Vec::new();
        let mut newer = 0;
        let mut now = HashMap::new();
        for row in rows(rest, part.jobs, &self.person).await {
            let html = RowPart { row: &row }.render().map_err(|error| Problem::ours(&error))?;
            match self.sent.as_ref().map(|sent| sent.get(&row.id)) {
                Some(None) => newer += 1,
                Some(Some(before)) if *before == html => {}
                // what changed between the page and the first look is sent, too
                _ => events.push(Event::default().event(format!("job-{}", row.id)).data(html.clone())),
            }
            now.insert(row.id, html);
        }
        match &mut self.sent {
            None => self.sent = Some(now),
            Some(sent) => {
                for (id, html) in now {
                    if let Some(before) = sent.get_mut(&id) {
                        *before = html;
                    }
                }
            }
        }
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

pub(super) async fn events(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (filter, _, wrong) = asked.filter();
    if !wrong.is_empty() {
        return Err(Problem::unreadable(wrong).into());
    }
    let address = Asked { after: String::new(), ..asked }.address("/queue").replace('&', "&amp;");
    told(rest, Rows { person: visitor.person, filter, address, sent: None, newer: 0 }, OFTEN)
}
