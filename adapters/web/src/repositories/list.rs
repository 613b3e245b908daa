//! The list of images. The filters are in the address.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rest::Rest;
use serde::Deserialize;

use super::show::{Line, folder};
use super::task::{Running, running};
use crate::show::page;
use crate::trouble::{Trouble, sentence};
use crate::visitor::{Bar, Visitor};

/// So many images are on a page.
const PART: usize = 100;

/// What follows the question mark; what is empty does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    repository: String,
    unit: String,
    state: String,
    name: String,
    /// How many come before.
    from: String,
    /// What a person did that led here.
    done: String,
}

impl Asked {
    fn address(&self, from: usize) -> String {
        let from = if from == 0 { String::new() } else { from.to_string() };
        let pairs = [
            ("repository", &self.repository),
            ("unit", &self.unit),
            ("state", &self.state),
            ("name", &self.name),
            ("from", &from),
        ];
        let said = pairs.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = said
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        if pairs.is_empty() { "/repositories".into() } else { format!("/repositories?{}", pairs.join("&")) }
    }

    fn is_filtered(&self) -> bool {
        [&self.repository, &self.unit, &self.state, &self.name].iter().any(|value| !value.is_empty())
    }

    fn takes(&self, line: &Line) -> bool {
        let name = self.name.trim().to_lowercase();
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        is(&self.unit, &line.unit)
            && is(&self.state, &line.badge.word.replace(' ', "-"))
            && (line.path.to_lowercase().contains(&name) || line.title.to_lowercase().contains(&name))
    }
}

#[derive(Template)]
#[template(path = "repositories/list.html")]
struct ListPage {
    bar: Bar,
    asked: Asked,
    repositories: Vec<String>,
    units: Vec<String>,
    lines: Vec<Line>,
    /// What is being done just now.
    running: Vec<Running>,
    /// Repositories that cannot be looked at, and why.
    troubles: Vec<(String, String)>,
    said: &'static str,
    /// How many images are like that.
    count: String,
    may_keep: bool,
    is_first: bool,
    first: String,
    more: String,
}

impl ListPage {
    const STATES: [&'static str; 5] = ["published", "waiting", "locked", "refused", "no-file"];
}

pub(super) async fn list(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    rest.repository(None)?; // says what to do when there is none
    let (mut lines, mut units, mut troubles, mut tasks) =
        (Vec::new(), BTreeSet::new(), Vec::new(), Vec::new());
    for repository in rest.repositories().iter() {
        let name = repository.name();
        if !asked.repository.is_empty() && asked.repository != name.as_str() {
            continue;
        }
        tasks.extend(running(name, rest.tasks(name)));
        match repository.list().await {
            Ok(images) => {
                units.extend(images.iter().map(folder).filter(|unit| !unit.is_empty()));
                lines.extend(images.iter().map(|image| Line::of(repository.as_ref(), image)));
            }
            // one whose disk is away keeps nobody from the others
            Err(error) => troubles.push((name.to_string(), sentence(&error.sentence()))),
        }
    }
    // what was chosen stays to be seen, though no image is there any more
    if !asked.unit.is_empty() {
        units.insert(asked.unit.clone());
    }
    lines.retain(|line| asked.takes(line));
    let from: usize = asked.from.parse().unwrap_or(0);
    let all = lines.len();
    let lines: Vec<_> = lines.into_iter().skip(from).take(PART).collect();
    let after = from.saturating_add(PART);
    Ok(page(&ListPage {
        bar: visitor.bar("repositories"),
        repositories: rest.repositories().iter().map(|one| one.name().to_string()).collect(),
        units: units.into_iter().collect(),
        lines,
        running: tasks,
        troubles,
        said: done(&asked.done),
        count: crate::show::count(all as u64, "image", "images"),
        may_keep: Rest::may_keep(&visitor.person).is_ok(),
        is_first: from == 0,
        first: asked.address(0),
        more: if after < all { asked.address(after) } else { String::new() },
        asked,
    }))
}

/// Says what was done before this page came.
fn done(word: &str) -> &'static str {
    match word {
        "kept" => "The image is gone; its backup is kept.",
        "gone" => "The image is gone, and so is its backup.",
        _ => "",
    }
}
