//! Copying an image in from another repository of the site.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use imaging::{ImagePath, ImageRepository, ImageState};
use rest::Rest;
use serde::Deserialize;

use super::asked::OfRepository;
use super::task::begun;
use crate::show::{page, refused, size};
use crate::trouble::{Trouble, beside_form, sentence};
use crate::visitor::{Bar, Visitor};

#[derive(Template)]
#[template(path = "repositories/import.html")]
struct ImportPage {
    bar: Bar,
    repository: String,
    /// Whether there is another repository at all.
    has_others: bool,
    /// What can be copied: how it is named here, and for people.
    images: Vec<(String, String)>,
    chosen: String,
    /// Repositories that cannot be looked at, and why.
    troubles: Vec<String>,
    wrong: String,
    key: String,
}

async fn shown(rest: &Rest, visitor: &Visitor, repository: &dyn ImageRepository) -> ImportPage {
    let name = repository.name();
    let others: Vec<_> = rest.repositories().iter().filter(|other| other.name() != name).collect();
    let (mut images, mut troubles) = (Vec::new(), Vec::new());
    for other in &others {
        match other.list().await {
            Ok(list) => {
                let published = list.iter().filter(|image| image.state == ImageState::Published);
                images.extend(published.map(|image| {
                    let said = format!("{}: {} ({})", other.name(), image.path, size(image.size));
                    (format!("{} {}", other.name(), image.path.address()), said)
                }));
            }
            Err(error) => troubles.push(sentence(&format!("{}: {}", other.name(), error.sentence()))),
        }
    }
    ImportPage {
        bar: visitor.bar("repositories"),
        repository: name.to_string(),
        has_others: !others.is_empty(),
        images,
        chosen: String::new(),
        troubles,
        wrong: String::new(),
        key: uuid::Uuid::new_v4().to_string(),
    }
}

pub(super) async fn form(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository, _): OfRepository,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    Ok(page(&shown(&rest, &visitor, repository.as_ref()).await))
}

/// What was chosen: the name of the other repository, a blank, and the image as in an address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    image: String,
    key: String,
}

pub(super) async fn import(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository, _): OfRepository,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    let image = chosen.image.split_once(' ');
    let image = image.and_then(|(from, image)| Some((from, ImagePath::from_address(image).ok()?)));
    let (status, why) = match image {
        None => (StatusCode::UNPROCESSABLE_ENTITY, "Choose an image.".to_owned()),
        Some((from, image)) => {
            match rest.import_image(&visitor.person, &repository, from, &image, chosen.key.clone()).await {
                Ok(task) => return Ok(begun(repository.name(), &task)),
                Err(problem) => beside_form(problem)?,
            }
        }
    };
    let page = shown(&rest, &visitor, repository.as_ref()).await;
    Ok(refused(status, &ImportPage { chosen: chosen.image, wrong: why, ..page }))
}
