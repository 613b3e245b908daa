//! Which repository and which image an address names.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use imaging::{ImagePath, ImageRepository};
use rest::{Problem, Rest};

use crate::trouble::Trouble;

/// The repository that the path names, and what stands at its end.
pub(super) struct OfRepository(pub(super) Arc<dyn ImageRepository>, pub(super) String);

/// The image that the path names; its name may be of bytes that are no text.
pub(super) struct OfImage {
    pub(super) repository: Arc<dyn ImageRepository>,
    pub(super) image: ImagePath,
}

impl OfImage {
    /// Returns the address of a page about it: `what` is `images`, `delete` and so on.
    pub(super) fn address(&self, what: &str) -> String {
        address(self.repository.as_ref(), what, &self.image)
    }
}

/// Returns the address of a page about an image.
pub(super) fn address(repository: &dyn ImageRepository, what: &str, image: &ImagePath) -> String {
    format!("/repositories/{}/{what}/{}", repository.name(), image.address())
}

impl FromRequestParts<Arc<Rest>> for OfRepository {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<OfRepository, Trouble> {
        let (repository, below) = rest.repository_at(parts.uri.path())?;
        Ok(OfRepository(repository, below))
    }
}

impl FromRequestParts<Arc<Rest>> for OfImage {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<OfImage, Trouble> {
        let (repository, below) = rest.repository_at(parts.uri.path())?;
        let image = ImagePath::from_address(&below).map_err(|error| Problem::missing(error.0))?;
        Ok(OfImage { repository, image })
    }
}
