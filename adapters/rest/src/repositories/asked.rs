//! Which repository and which image an address names.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use imaging::{ImagePath, ImageRepository, NotAWord};
use percent_encoding::percent_decode_str;

use crate::problem::Problem;
use crate::service::Rest;

/// The repository that the path names.
pub(super) struct OfRepository(pub(super) Arc<dyn ImageRepository>);

/// The image that the path names; its name may be of bytes that are no text.
pub(super) struct OfImage {
    pub(super) repository: Arc<dyn ImageRepository>,
    pub(super) image: ImagePath,
}

/// A file that the path names, as it stands there.
pub(super) struct OfFile {
    pub(super) repository: Arc<dyn ImageRepository>,
    pub(super) path: String,
}

/// What can be done with an image stands behind it.
const VERBS: [&str; 3] = ["/verify", "/restore-backup", "/registration"];

/// Splits what follows `/repositories/`: the name of the repository, and what follows `images/` or `files/`.
fn parts_of(path: &str) -> Option<(String, &str)> {
    let (_, rest) = path.split_once("/repositories/")?;
    let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let name = percent_decode_str(name).decode_utf8().ok()?.into_owned();
    Some((name, rest.split_once('/').map_or("", |(_, rest)| rest)))
}

impl Rest {
    /// Reads the path of an address as it stands there: the repository that follows `/repositories/`, and what is behind the part
    /// after that, as `lab/win10.img` of `/repositories/main/images/lab/win10.img`.
    pub fn repository_at(&self, path: &str) -> Result<(Arc<dyn ImageRepository>, String), Problem> {
        let missing = || Problem::missing("no such address: its path is not UTF-8, or has no such form");
        let (name, below) = parts_of(path).ok_or_else(missing)?;
        Ok((self.repository(Some(&name))?.clone(), below.to_owned()))
    }
}

pub(super) fn no_image(error: NotAWord) -> Problem {
    Problem::missing(error.0)
}

impl FromRequestParts<Arc<Rest>> for OfRepository {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<OfRepository, Problem> {
        rest.repository_at(parts.uri.path()).map(|(repository, _)| OfRepository(repository))
    }
}

impl FromRequestParts<Arc<Rest>> for OfImage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<OfImage, Problem> {
        let (repository, below) = rest.repository_at(parts.uri.path())?;
        let verb = VERBS.iter().find_map(|verb| below.strip_suffix(verb));
        let image = ImagePath::from_address(verb.unwrap_or(&below)).map_err(no_image)?;
        Ok(OfImage { repository, image })
    }
}

impl FromRequestParts<Arc<Rest>> for OfFile {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Arc<Rest>) -> Result<OfFile, Problem> {
        let (repository, path) = rest.repository_at(parts.uri.path())?;
        Ok(OfFile { repository, path })
    }
}

#[cfg(test)]
mod tests {
    use super::parts_of;

    #[test]
    fn what_follows_the_repository_stays_as_it_stands() {
        for (path, parts) in [
            ("/repositories/main", Some(("main", ""))),
            ("/repositories/main/images", Some(("main", ""))),
            ("/api/v1/repositories/main/images/lab/a.img", Some(("main", "lab/a.img"))),
            ("/repositories/ma%69n/images/%ff%0a.img/verify", Some(("main", "%ff%0a.img/verify"))),
            ("/repositories/%ff/images/a.img", None),
            ("/queues/main", None),
        ] {
            let found = parts_of(path);
            assert_eq!(found.as_ref().map(|(name, rest)| (name.as_str(), *rest)), parts, "{path}");
        }
    }
}
