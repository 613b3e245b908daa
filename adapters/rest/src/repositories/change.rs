//! What people do to images of a repository that does not take long.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use imaging::{OpenGnsysError, Person, Removal};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::asked::OfImage;
use super::images::answer;
use super::keeping::RegistrationWish;
use super::publish::begun;
use super::told::TaskView;
use super::view::RepositoryImageView;
use crate::asked::{Asked, Json};
use crate::caller::Caller;
use crate::jobs::{key, unchanged};
use crate::problem::Problem;
use crate::service::Rest;

/// Somebody who may change what repositories keep.
pub(super) struct Keeper(pub(super) Person);

impl FromRequestParts<Arc<Rest>> for Keeper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<Keeper, Problem> {
        let Caller(person) = Caller::from_request_parts(parts, rest).await?;
        Rest::may_keep(&person)?;
        Ok(Keeper(person))
    }
}

/// The header of who changes an image only as they saw it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "`as_seen` reads it; this is its form for the document")]
pub(super) struct IfMatch {
    /// The ETag of the image as it was seen: when it has changed since, nothing is done. Checked before the change.
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
}

/// Refuses to change an image that is not as whoever asks saw it.
async fn as_seen(headers: &HeaderMap, of: &OfImage) -> Result<(), Problem> {
    if !headers.contains_key("if-match") {
        return Ok(());
    }
    let told = match of.repository.info(&of.image).await {
        Err(error) if error.opengnsys() == OpenGnsysError::NotFound => {
            return Err(Problem::changed(format!("there is no image {} any more", of.image)));
        }
        told => told?,
    };
    unchanged(headers, &RepositoryImageView::of(of.repository.as_ref(), &told), &of.image.to_string())
}

/// What becomes of the file of an image that is removed.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Backup {
    /// It becomes the backup, in place of an older one.
    #[default]
    Keep,
    /// It is gone, and so is its backup, and what was noted of it.
    None,
}

/// How an image is removed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// `keep` makes it the backup, in place of an older one; `none` removes that, too, and what was noted of the image.
    #[param(required = false, inline)]
    backup: Backup,
}

/// Removes an image and what belongs to it.
#[utoipa::path(delete, path = "/repositories/{name}/images/{image}", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("image" = String, Path, description = "The path of the image"), How, IfMatch,
), responses((status = 204, description = "It is gone")))]
pub(crate) async fn remove(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    as_seen(&headers, &of).await?;
    let how = match how.backup {
        Backup::Keep => Removal::KeepBackup,
        Backup::None => Removal::ForGood,
    };
    rest.remove_image(&person, &of.repository, &of.image, how).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the backup of an image in its place; what was there becomes the backup.
#[utoipa::path(post, path = "/repositories/{name}/images/{image}/restore-backup", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("image" = String, Path, description = "The path of the image"), IfMatch,
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn restore_backup(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    as_seen(&headers, &of).await?;
    let task = rest.restore_image_backup(&person, &of.repository, &of.image, key(&headers)?).await?;
    begun(of.repository.name(), &task)
}

/// Notes what people call an image and what it is for, in place of what was noted; its file may come later.
#[utoipa::path(put, path = "/repositories/{name}/images/{image}/registration", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("image" = String, Path, description = "The path of the image"), IfMatch,
), request_body = RegistrationWish, responses(
    (status = 200, body = RepositoryImageView, headers(("ETag" = String, description = "Changes when the image does")))))]
pub(crate) async fn register(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    of: OfImage,
    headers: HeaderMap,
    Json(wish): Json<RegistrationWish>,
) -> Result<Response, Problem> {
    as_seen(&headers, &of).await?;
    let image = rest.register_image(&person, &of.repository, &of.image, &wish).await?;
    answer(&HeaderMap::new(), of.repository.as_ref(), &image)
}
