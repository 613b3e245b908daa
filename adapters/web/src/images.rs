//! `/images`: what is finished, and where to get it. `/search`: jobs by name or tag.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use imaging::{Entry, ImageId, JobFilter, JobLine, Table, Tag};
use rest::Rest;
use serde::Deserialize;

use crate::queue::{Asked, PART};
use crate::routes::Pages;
use crate::show::{Row, page};
use crate::trouble::{Trouble, see};
use crate::visitor::{Bar, Visitor};

/// So many parts of the list are looked through for one page.
const PARTS: usize = 5;

pub(crate) fn routes() -> Pages {
    Pages::new().route("/images", get(images)).route("/search", get(search))
}

#[derive(Template)]
#[template(path = "images.html")]
struct ImagesPage {
    bar: Bar,
    asked: Asked,
    types: Vec<String>,
    rows: Vec<Row>,
    older: String,
}

async fn images(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (filter, mut after, _) = asked.filter();
    let filter = JobFilter { name: filter.name, image_type: filter.image_type, ..JobFilter::default() };
    let mut jobs: Vec<JobLine> = Vec::new();
    for _ in 0..PARTS {
        let part = rest.desk.list(&filter, after, 2 * PART).await?;
        jobs.extend(part.jobs.into_iter().filter(|job| job.status.has_image()));
        after = part.next;
        if after.is_none() || jobs.len() >= PART as usize {
            break;
        }
    }
    let types = rest.desk.registry.entries(Table::ImageTypes).await?;
    Ok(page(&ImagesPage {
        bar: visitor.bar("images"),
        types: types.iter().map(Entry::name).map(str::to_owned).collect(),
        rows: jobs.into_iter().map(|job| Row::of(job, &visitor.person)).collect(),
        older: after.map_or_else(String::new, |after| {
            Asked { after: after.to_string(), ..asked.clone() }.address("/images")
        }),
        asked,
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    bar: Bar,
    q: String,
    rows: Vec<Row>,
    tags: Vec<String>,
    /// Where all of that name are, when there are more.
    more: String,
}

async fn search(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let q = wanted.q.trim().to_owned();
    // whoever knows the id wants that job
    if let Some(id) = ImageId::reduce(&q).ok().filter(|id| id.as_str() == q)
        && rest.desk.jobs.job(&id).await?.is_some()
    {
        return Ok(see(&format!("/job/{id}")));
    }
    let (mut jobs, mut more, mut tags) = (Vec::new(), String::new(), Vec::new());
    if !q.is_empty() {
        let named = JobFilter { name: Some(q.clone()), ..JobFilter::default() };
        let part = rest.desk.list(&named, None, PART).await?;
        if part.next.is_some() {
            more = Asked { name: q.clone(), ..Asked::default() }.address("/queue");
        }
        jobs = part.jobs;
        if let Ok(tag) = Tag::parse(&q) {
            let tagged = JobFilter { tag: Some(tag), ..JobFilter::default() };
            for job in rest.desk.list(&tagged, None, PART).await?.jobs {
                if jobs.iter().all(|known| known.image_id != job.image_id) {
                    jobs.push(job);
                }
            }
        }
        tags = rest.desk.search.tags(&q, 20).await?.iter().map(ToString::to_string).collect();
    }
    let rows = jobs.into_iter().map(|job| Row::of(job, &visitor.person)).collect();
    Ok(page(&SearchPage { bar: visitor.bar("search"), q, rows, tags, more }))
}
