//! Publishing, importing and verifying images: work that takes long.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use imaging::{ImageKind, ImagePath, RepositoryName};
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{OfImage, OfRepository};
use super::change::Keeper;
use super::keeping::RegistrationWish;
use super::told::{TaskView, address};
use super::work::Task;
use crate::asked::Json;
use crate::caller::Caller;
use crate::jobs::key;
use crate::object::or_none;
use crate::problem::Problem;
use crate::service::Rest;

/// What an image is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum KindWish {
    /// A partition.
    Img,
    /// A whole disk.
    Dsk,
    /// What differs from another image.
    Diff,
    /// A partition, in an old form.
    Pgz,
}

impl From<KindWish> for ImageKind {
    fn from(wish: KindWish) -> ImageKind {
        match wish {
            KindWish::Img => ImageKind::Img,
            KindWish::Dsk => ImageKind::Dsk,
            KindWish::Diff => ImageKind::Diff,
            KindWish::Pgz => ImageKind::Pgz,
        }
    }
}

/// A file of a finished job that is to be published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishWish {
    /// The id of the job.
    #[schema(example = "demo-20261128-193513")]
    pub job: String,
    /// Which of its files; its image when this is left out. Of several volumes the first, which the others lie beside.
    #[schema(example = "demo.raw")]
    pub file: Option<String>,
    /// What it will be called: letters and digits.
    #[schema(example = "demo")]
    pub name: String,
    /// The organisational unit it belongs to.
    pub unit: Option<String>,
    /// What it is taken for; its contents decide when this is left out.
    pub kind: Option<KindWish>,
    /// Takes what nobody can recognise, too.
    #[serde(default)]
    pub unrecognised: bool,
    /// What to note of it; what is noted stays when this is left out.
    #[serde(default, deserialize_with = "or_none")]
    pub registration: Option<RegistrationWish>,
}

/// An image of another repository that is to be copied in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportWish {
    /// The name of the other repository.
    #[schema(example = "other")]
    from: String,
    /// The `address` of the image there.
    #[schema(example = "win10lab.img")]
    image: String,
}

/// Says that work has begun, and where it is told of.
pub(super) fn begun(name: &RepositoryName, task: &Task) -> Result<Response, Problem> {
    let place = HeaderValue::from_str(&address(name.as_str(), &task.id));
    let place = place.map_err(|error| Problem::ours(&error))?;
    let view = Answer(TaskView::of(name.as_str(), task));
    Ok((StatusCode::ACCEPTED, [(LOCATION, place)], view).into_response())
}

/// Publishes a file of a finished job: it is copied in, recognised, checked, and shared with its sums and its torrent.
///
/// An image of the same name becomes the backup. It goes on when whoever asks is gone; `Location` tells how far it is.
#[utoipa::path(post, path = "/repositories/{name}/images", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), request_body = PublishWish, responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn publish(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
    headers: HeaderMap,
    Json(wish): Json<PublishWish>,
) -> Result<Response, Problem> {
    let task = rest.publish(&person, &repository, wish, key(&headers)?).await?;
    begun(repository.name(), &task)
}

/// Copies an image in from another repository of the site, with what was noted of it, and publishes it.
#[utoipa::path(post, path = "/repositories/{name}/import", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository it comes into"),
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), request_body = ImportWish, responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn import(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
    headers: HeaderMap,
    Json(wish): Json<ImportWish>,
) -> Result<Response, Problem> {
    let image = ImagePath::from_address(&wish.image)
        .map_err(|error| Problem::mistake("image", format!("is wrong: {error}")))?;
    let task = rest.import_image(&person, &repository, &wish.from, &image, key(&headers)?).await?;
    begun(repository.name(), &task)
}

/// Reads a whole image, and holds it against its own checksums, its sums and its torrent.
///
/// That it is broken is an answer: the task is `done` then, and `verified` has what is wrong.
#[utoipa::path(post, path = "/repositories/{name}/images/{image}/verify", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("image" = String, Path, description = "The path of the image"),
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn verify(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    OfImage { repository, image }: OfImage,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = rest.verify_image(&person, &repository, &image, key(&headers)?).await?;
    begun(repository.name(), &task)
}
