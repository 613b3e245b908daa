//! The list of repositories, and the images of one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use imaging::{ImageRepository, RepositoryImage};
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{OfImage, OfRepository};
use super::view::{RepositoryImageView, RepositoryView};
use crate::asked::Asked;
use crate::caller::Caller;
use crate::jobs::tagged;
use crate::problem::{Problem, ProblemDocument};
use crate::service::Rest;

/// Lists the repositories of the site; the first is meant where nobody names one.
#[utoipa::path(get, path = "/repositories", tag = "repositories", responses(
    (status = 200, body = Vec<RepositoryView>, headers(("ETag" = String, description = "Changes when the list does"))),
    (status = 304, description = "It is as it was"),
    (status = 404, body = ProblemDocument, content_type = "application/problem+json", description = "None is configured"),
))]
pub(crate) async fn repositories(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    rest.repository(None)?; // says what to do when there is none
    let mut views = Vec::new();
    for repository in rest.repositories().iter() {
        let name = repository.name().to_string();
        let url = format!("/api/v1/repositories/{name}/images");
        views.push(match repository.list().await {
            Ok(images) => {
                let bytes = Some(images.iter().map(|image| image.size).sum());
                RepositoryView { name, url, images: Some(images.len()), bytes, trouble: None }
            }
            // one whose disk is away keeps nobody from the others
            Err(error) => {
                let trouble = Some(error.sentence());
                RepositoryView { name, url, images: None, bytes: None, trouble }
            }
        });
    }
    tagged(&headers, StatusCode::OK, &views)
}

/// Which images are wanted; what is left out does not matter.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Those in the folder of this organisational unit; empty for those of none.
    #[param(required = false)]
    unit: Option<String>,
    /// Those in this state: `published`, `waiting`, `locked`, `refused` or `no-file`.
    #[param(required = false)]
    state: Option<String>,
}

impl Filter {
    fn takes(&self, image: &RepositoryImage) -> bool {
        let unit = image.path.folder().map(|folder| folder.to_string_lossy()).unwrap_or_default();
        self.unit.as_deref().is_none_or(|wanted| wanted == unit)
            && self.state.as_deref().is_none_or(|wanted| wanted == image.state.word())
    }
}

/// Lists the images of a repository, those included that are registered only, sorted by path.
#[utoipa::path(get, path = "/repositories/{name}/images", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"), Filter,
    ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
), responses(
    (status = 200, body = Vec<RepositoryImageView>, headers(("ETag" = String, description = "Changes when the list does"))),
    (status = 304, description = "It is as it was"),
))]
pub(crate) async fn list(
    _: Caller,
    OfRepository(repository): OfRepository,
    Asked(filter): Asked<Filter>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = ["published", "waiting", "locked", "refused", "no-file"];
    if let Some(state) = filter.state.as_deref().filter(|state| !known.contains(state)) {
        return Err(Problem::mistake(
            "state",
            format!("should be one of {}, not {state:?}", known.join(", ")),
        ));
    }
    let images = repository.list().await?;
    let wanted = images.iter().filter(|image| filter.takes(image));
    let views: Vec<_> = wanted.map(|image| RepositoryImageView::of(repository.as_ref(), image)).collect();
    tagged(&headers, StatusCode::OK, &views)
}

/// Tells all that is known of an image.
///
/// The `/` of an image in the folder of a unit may stand as it is, or as `%2F`; here and wherever an address has an image.
#[utoipa::path(get, path = "/repositories/{name}/images/{image}", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("image" = String, Path, description = "The path of the image"),
    ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
), responses(
    (status = 200, body = RepositoryImageView, headers(("ETag" = String, description = "Changes when the image does"))),
    (status = 304, description = "It is as it was"),
))]
pub(crate) async fn show(
    _: Caller,
    OfImage { repository, image }: OfImage,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&headers, repository.as_ref(), &repository.info(&image).await?)
}

pub(super) fn answer(
    headers: &HeaderMap,
    repository: &dyn ImageRepository,
    image: &RepositoryImage,
) -> Result<Response, Problem> {
    tagged(headers, StatusCode::OK, &RepositoryImageView::of(repository, image))
}
