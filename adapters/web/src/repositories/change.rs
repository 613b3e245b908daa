//! Verifying, deleting, and restoring a backup. Each is a form, and leads to a page that says what was done.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use imaging::{ImageState, Removal, RepositoryImage};
use rest::{Rest, image_mark};
use serde::Deserialize;

use super::asked::OfImage;
use super::task::begun;
use crate::show::{page, refused, size};
use crate::trouble::{Trouble, beside_form, see};
use crate::visitor::{Bar, Visitor};

/// The same of a form that is sent twice.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Key {
    key: String,
}

pub(super) async fn verify(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    Form(Key { key }): Form<Key>,
) -> Result<Response, Trouble> {
    let task = rest.verify_image(&visitor.person, &of.repository, &of.image, key).await?;
    Ok(begun(of.repository.name(), &task))
}

pub(super) async fn restore(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    Form(Key { key }): Form<Key>,
) -> Result<Response, Trouble> {
    let task = rest.restore_image_backup(&visitor.person, &of.repository, &of.image, key).await?;
    Ok(begun(of.repository.name(), &task))
}

#[derive(Template)]
#[template(path = "repositories/delete.html")]
struct DeletePage {
    bar: Bar,
    repository: String,
    path: String,
    back: String,
    /// What goes from its name, with what it is.
    goes: Vec<(String, String)>,
    size: String,
    has_file: bool,
    has_backup: bool,
    is_registered: bool,
    /// Says whether the image is still as this page shows it.
    seen: String,
    /// Whether its file is kept as the backup.
    keeps: bool,
    wrong: String,
}

impl DeletePage {
    fn of(visitor: &Visitor, of: &OfImage, image: &RepositoryImage) -> DeletePage {
        let has_file = image.state != ImageState::NoFile;
        let path = image.path.to_string();
        let mut goes = Vec::new();
        if has_file {
            goes.push((path.clone(), size(image.size)));
        }
        if image.sums.is_some() {
            let belongs =
                [(".sum", "MD5 of its last MiB"), (".full.sum", "its MD5"), (".torrent", "its torrent")];
            goes.extend(belongs.map(|(ending, what)| (format!("{path}{ending}"), what.to_owned())));
        }
        DeletePage {
            bar: visitor.bar("repositories"),
            repository: of.repository.name().to_string(),
            back: of.address("images"),
            goes,
            size: size(image.size),
            has_file,
            has_backup: image.has_backup,
            is_registered: image.registration.is_some(),
            seen: image_mark(of.repository.as_ref(), image),
            keeps: has_file,
            wrong: String::new(),
            path,
        }
    }
}

/// Shows what would go.
pub(super) async fn preview(
    visitor: Visitor,
    State(_): State<Arc<Rest>>,
    of: OfImage,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    let image = of.repository.info(&of.image).await?;
    Ok(page(&DeletePage::of(&visitor, &of, &image)))
}

/// What was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    backup: String,
    seen: String,
}

pub(super) async fn delete(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    let image = of.repository.info(&of.image).await?;
    let mut shown = DeletePage::of(&visitor, &of, &image);
    shown.keeps = chosen.backup == "keep";
    let how = match chosen.backup.as_str() {
        "keep" => Removal::KeepBackup,
        "none" => Removal::ForGood,
        _ => {
            shown.wrong = "Choose what becomes of its file.".into();
            return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    // nobody deletes what they have not seen
    if chosen.seen != shown.seen {
        shown.wrong = "It has changed since you looked: this is what would go now.".into();
        return Ok(refused(StatusCode::CONFLICT, &shown));
    }
    match rest.remove_image(&visitor.person, &of.repository, &of.image, how).await {
        Ok(()) => {
            let done = if how == Removal::KeepBackup { "kept" } else { "gone" };
            Ok(see(&format!("/repositories?done={done}")))
        }
        Err(problem) => {
            let (status, why) = beside_form(problem)?;
            shown.wrong = why;
            Ok(refused(status, &shown))
        }
    }
}
