//! Repositories and images, as programs see them.

use imaging::{ImageRepository, ImageState, Recognised, RepositoryImage};
use serde::Serialize;
use utoipa::ToSchema;

use super::keeping::RegistrationWish;
use crate::view::time;

/// A repository.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RepositoryView {
    /// What the site calls it.
    #[schema(example = "main")]
    pub(super) name: String,
    /// Where its images are.
    #[schema(example = "/api/v1/repositories/main/images")]
    pub(super) url: String,
    /// How many images it has; none when it cannot be looked at.
    pub(super) images: Option<usize>,
    /// How many bytes their files have together.
    pub(super) bytes: Option<u64>,
    /// Why it cannot be looked at.
    pub(super) trouble: Option<String>,
}

/// An image of a repository.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RepositoryImageView {
    /// The path of its file, as people read it.
    #[schema(example = "win10lab.img")]
    path: String,
    /// The same as part of an address: every odd byte is `%XX`.
    #[schema(example = "win10lab.img")]
    address: String,
    /// Where it is told of.
    #[schema(example = "/api/v1/repositories/main/images/win10lab.img")]
    url: String,
    /// The name of its file without the ending, when OpenGnsys takes it for one.
    name: Option<String>,
    /// The organisational unit whose folder it is in.
    unit: Option<String>,
    /// `img` (a partition), `dsk` (a whole disk), `diff` or `pgz`.
    kind: &'static str,
    /// `published`, `waiting`, `locked`, `refused` or `no-file`.
    #[schema(example = "published")]
    state: &'static str,
    /// Why it is in that state, when there is something to say.
    detail: Option<String>,
    /// The size of its file in bytes.
    size: u64,
    /// When its file was last written.
    #[schema(format = DateTime)]
    changed: Option<String>,
    /// What it is; none when nobody knows.
    recognised: Option<RecognisedView>,
    /// The machine it comes from.
    client_name: Option<String>,
    /// MD5 of its last MiB.
    sum: Option<String>,
    /// MD5 of all of it.
    full_sum: Option<String>,
    /// What its torrent is known by.
    info_hash: Option<String>,
    /// Where its file is fetched, when it is published; `.torrent`, `.sum` and `.full.sum` behind that are what belongs to it.
    file_url: Option<String>,
    /// Whether there is a backup, which can be put in its place.
    has_backup: bool,
    /// What people noted of it.
    registration: Option<RegistrationWish>,
}

/// What an image is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecognisedView {
    /// The program that made it.
    #[schema(example = "partclone")]
    tool: String,
    /// The program it is packed by, or `none`.
    #[schema(example = "lzop")]
    compressor: String,
    /// The file system in it.
    #[schema(example = "NTFS")]
    filesystem: Option<String>,
    /// How many bytes a partition must have to take it.
    restore_bytes: Option<u64>,
    /// Whether it can be restored as it is.
    restorable: bool,
    /// Why not.
    obstacle: Option<String>,
}

impl From<&Recognised> for RecognisedView {
    fn from(told: &Recognised) -> RecognisedView {
        RecognisedView {
            tool: told.tool.clone(),
            compressor: told.compressor.clone(),
            filesystem: Some(told.filesystem.clone()).filter(|text| !text.is_empty()),
            restore_bytes: told.restore_bytes,
            restorable: told.obstacle.is_none(),
            obstacle: told.obstacle.clone(),
        }
    }
}

impl RepositoryImageView {
    pub(super) fn of(repository: &dyn ImageRepository, image: &RepositoryImage) -> RepositoryImageView {
        let (base, address) = (format!("/api/v1/repositories/{}", repository.name()), image.path.address());
        RepositoryImageView {
            path: image.path.to_string(),
            url: format!("{base}/images/{address}"),
            file_url: (image.state == ImageState::Published).then(|| format!("{base}/files/{address}")),
            address,
            name: image.path.canonical_name().map(String::from),
            unit: image.path.unit().map(String::from),
            kind: image.path.kind().ending(),
            state: image.state.word(),
            detail: Some(image.state.detail().to_owned()).filter(|text| !text.is_empty()),
            size: image.size,
            changed: (image.size > 0).then(|| time(image.changed_ms)),
            recognised: image.recognised.as_ref().map(RecognisedView::from),
            client_name: Some(image.client_name.clone()).filter(|text| !text.is_empty()),
            sum: image.sums.as_ref().map(|sums| sums.tail_md5.clone()),
            full_sum: image.sums.as_ref().map(|sums| sums.full_md5.clone()),
            info_hash: image.info_hash.map(|hash| hash.to_string()),
            has_backup: image.has_backup,
            registration: image.registration.as_ref().map(RegistrationWish::from),
        }
    }
}

/// Returns a text that is another one when an image of a repository has changed.
pub fn image_mark(repository: &dyn ImageRepository, image: &RepositoryImage) -> String {
    let tag = crate::jobs::tag_of(&RepositoryImageView::of(repository, image)).unwrap_or_default();
    tag.trim_matches('"').to_owned()
}
