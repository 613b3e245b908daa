//! The file of an image, and what belongs to it.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use imaging::{ImagePath, ImageRepository, OpenGnsysError, RepositoryError, Sums};

use super::asked::{OfFile, no_image};
use crate::caller::Caller;
use crate::files::{Opened, send, send_text};
use crate::problem::Problem;
use crate::service::Rest;

/// What of an image is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Image,
    Torrent,
    Sum,
    FullSum,
}

/// What has been looked for behind the path of an image, the longest first.
const ENDINGS: [(&str, Part); 3] =
    [(".full.sum", Part::FullSum), (".sum", Part::Sum), (".torrent", Part::Torrent)];

/// Reads the address of a file: that of an image, or of what belongs to one.
fn read(address: &str) -> Result<(ImagePath, Part), Problem> {
    let of_image = |(ending, part): &(&str, Part)| Some((address.strip_suffix(ending)?, *part));
    let (image, part) = ENDINGS.iter().find_map(of_image).unwrap_or((address, Part::Image));
    Ok((ImagePath::from_address(image).map_err(no_image)?, part))
}

/// Fetches the file of a published image, or part of it by `Range`; its `.torrent`, `.sum` and `.full.sum` likewise.
#[utoipa::path(get, path = "/repositories/{name}/files/{*path}", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("path" = String, Path, description = "The path of the image; with `.torrent`, `.sum` or `.full.sum` behind it, that"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, as `bytes=0-99`"),
    ("If-Range" = Option<String>, Header, description = "The ETag of what is there already; else all is sent"),
    ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
), responses(
    (status = 200, description = "The file", content_type = "*/*", body = Vec<u8>),
    (status = 206, description = "Part of it", content_type = "*/*", body = Vec<u8>),
    (status = 304, description = "It is as it was"),
))]
pub(crate) async fn download(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    OfFile { repository, path }: OfFile,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    rest.repository_file(repository.as_ref(), &path, &headers).await
}

impl Rest {
    /// Answers with a file of a repository, or the part of it that is asked for; `address` is the path of an image, perhaps
    /// with an ending behind it, as it stands in an address.
    pub async fn repository_file(
        &self,
        repository: &dyn ImageRepository,
        address: &str,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let (image, part) = read(address)?;
        let (file, sums) = repository.file(&image).await?;
        // half of an image is nobody's image
        let sums: Sums = sums.ok_or_else(|| {
            let reason = format!("{image} is not published yet, or no longer: its state says why");
            RepositoryError::refused(OpenGnsysError::Locked, reason)
        })?;
        let name = image.as_path().to_string_lossy();
        match part {
            Part::Sum => send_text(headers, format!("{}\n", sums.tail_md5), &format!("{name}.sum")),
            Part::FullSum => send_text(headers, format!("{}\n", sums.full_md5), &format!("{name}.full.sum")),
            Part::Image => {
                let opened = open(file, image.as_path().to_owned()).await?;
                send(self, headers, Opened::Here(opened), &name, None).await
            }
            Part::Torrent => {
                let published = repository.published().await?;
                let torrent =
                    published.into_iter().find(|torrent| torrent.image == image).ok_or_else(|| {
                        let reason = format!("{image} has no torrent");
                        RepositoryError::refused(OpenGnsysError::NotFound, reason)
                    })?;
                let mut below = image.as_path().as_os_str().to_owned();
                below.push(".torrent");
                let opened = open(torrent.torrent, below.into()).await?;
                send(self, headers, Opened::Here(opened), &format!("{name}.torrent"), None).await
            }
        }
    }
}

/// Opens a file by a path that ends as `below` does; no link of what is below is followed.
async fn open(path: PathBuf, below: PathBuf) -> Result<File, Problem> {
    let said = below.display().to_string();
    let opening = move || {
        let top = path.ancestors().nth(below.components().count()).filter(|_| path.ends_with(&below));
        beneath::base(top.ok_or(ErrorKind::NotFound)?).and_then(|top| beneath::file(&top, &below))
    };
    let opened = tokio::task::spawn_blocking(opening).await.map_err(|died| Problem::ours(&died))?;
    opened.map_err(|error| RepositoryError::disk(format!("open {said:?}"), error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_behind_an_image_is_what_belongs_to_it() {
        for (address, image, part) in [
            ("a.img", "a.img", Part::Image),
            ("lab%2fa.img", "lab/a.img", Part::Image),
            ("a.img.sum", "a.img", Part::Sum),
            ("a.img.full.sum", "a.img", Part::FullSum),
            ("lab/a.dsk.torrent", "lab/a.dsk", Part::Torrent),
        ] {
            assert_eq!(read(address).unwrap(), (ImagePath::new(image).unwrap(), part), "{address}");
        }
        for address in
            ["", "a", "a.sum", ".img.sum", "../a.img", "%2e%2e/a.img", "a.img.lock", "a.img.sum.sum"]
        {
            assert!(read(address).is_err(), "{address}");
        }
    }
}
