//! The page of an image: everything that is known of it, and what can be done with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use imaging::{ImageRepository, ImageState, Registration, RepositoryImage};
use rest::Rest;
use serde::Deserialize;

use super::asked::{OfImage, OfRepository};
use super::show::Line;
use super::task::{Running, running};
use crate::show::page;
use crate::trouble::Trouble;
use crate::visitor::{Bar, Visitor};

#[derive(Template)]
#[template(path = "repositories/image.html")]
struct ImagePage {
    bar: Bar,
    line: Line,
    said: &'static str,
    facts: Vec<(&'static str, String)>,
    noted: Vec<(&'static str, String)>,
    /// Why it cannot be restored as it is.
    obstacle: String,
    /// Where its file is; empty when it is not published.
    file: String,
    address: String,
    /// Whether its name can be registered.
    can_register: bool,
    may_keep: bool,
    may_verify: bool,
    /// Repositories it can be copied into.
    others: Vec<String>,
    running: Vec<Running>,
    key: String,
}

/// What a person did that led here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Did {
    done: String,
}

fn done(word: &str) -> &'static str {
    match word {
        "registered" => "What was written is noted.",
        _ => "",
    }
}

pub(super) async fn image(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    Query(did): Query<Did>,
) -> Result<Response, Trouble> {
    let image = of.repository.info(&of.image).await?;
    let repository = of.repository.as_ref();
    let name = repository.name();
    let others = rest.repositories().iter().map(|other| other.name()).filter(|other| *other != name);
    let about_it = |task: &rest::Task| task.image == of.image;
    Ok(page(&ImagePage {
        bar: visitor.bar("repositories"),
        line: Line::of(repository, &image),
        said: done(&did.done),
        facts: facts(repository, &image),
        noted: image.registration.as_ref().map(noted).unwrap_or_default(),
        obstacle: image.recognised.as_ref().and_then(|told| told.obstacle.clone()).unwrap_or_default(),
        file: if image.state == ImageState::Published { of.address("files") } else { String::new() },
        address: of.image.address(),
        can_register: of.image.canonical_name().is_some(),
        may_keep: Rest::may_keep(&visitor.person).is_ok(),
        may_verify: Rest::may_verify(&visitor.person),
        others: others.map(ToString::to_string).collect(),
        running: running(name, rest.tasks(name).into_iter().filter(about_it)),
        key: uuid::Uuid::new_v4().to_string(),
    }))
}

/// Returns what is known of an image, where something is.
fn facts(repository: &dyn ImageRepository, image: &RepositoryImage) -> Vec<(&'static str, String)> {
    let told = image.recognised.clone().unwrap_or_default();
    let sums = image.sums.as_ref();
    let bytes = |bytes: u64| format!("{} ({bytes} bytes)", crate::show::size(bytes));
    let has_file = image.state != ImageState::NoFile;
    let facts = [
        ("Repository", repository.name().to_string()),
        ("Unit", super::show::folder(image)),
        ("Made by", told.tool),
        ("Packed by", told.compressor),
        ("File system", told.filesystem),
        ("Size", if has_file { bytes(image.size) } else { String::new() }),
        ("Needs a partition of", told.restore_bytes.map(bytes).unwrap_or_default()),
        ("From the machine", image.client_name.clone()),
        ("MD5 of the last MiB (.sum)", sums.map(|sums| sums.tail_md5.clone()).unwrap_or_default()),
        ("MD5 (.full.sum)", sums.map(|sums| sums.full_md5.clone()).unwrap_or_default()),
        ("Torrent", image.info_hash.map(|hash| hash.to_string()).unwrap_or_default()),
        ("Backup", if image.has_backup { "there is one".into() } else { String::new() }),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn noted(noted: &Registration) -> Vec<(&'static str, String)> {
    vec![
        ("Called", noted.title.to_string()),
        ("Software", noted.software_profile.to_string()),
        ("Partition", noted.partition.to_string()),
        ("Its type", noted.partition_type.to_string()),
        ("Comments", noted.comments.to_string()),
    ]
}

/// Sends the file of an image, or what belongs to it; browsers save it.
pub(super) async fn file(
    _: Visitor,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository, path): OfRepository,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    Ok(rest.repository_file(repository.as_ref(), &path, &headers).await?)
}
