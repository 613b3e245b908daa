//! What pages show of an image.

use imaging::{ImageRepository, ImageState, Recognised, RepositoryImage, now_ms};

use super::asked::address;
use crate::show::{Badge, Moment, size};

/// What a list shows of an image.
pub(super) struct Line {
    pub(super) repository: String,
    /// The path of its file.
    pub(super) path: String,
    pub(super) page: String,
    /// Where its torrent is; empty when there is none.
    pub(super) torrent: String,
    /// What people call it.
    pub(super) title: String,
    pub(super) badge: Badge,
    /// Why it is in that state.
    pub(super) why: String,
    /// `partclone · lzop · NTFS`.
    pub(super) what: String,
    /// The unit whose folder it is in.
    pub(super) unit: String,
    pub(super) has_file: bool,
    pub(super) size: String,
    /// What a partition must have to take it.
    pub(super) needs: String,
    pub(super) changed: Moment,
    pub(super) has_backup: bool,
}

/// Returns how a state looks.
fn badge(state: &ImageState) -> Badge {
    let (class, sign) = match state {
        ImageState::Published => ("good", "✓"),
        ImageState::Locked(_) => ("works", "●"),
        ImageState::Refused(_) => ("bad", "✗"),
        _ => ("waits", "○"),
    };
    let word = match state.word() {
        "no-file" => "no file",
        word => word,
    };
    Badge { class, sign, word: word.to_owned() }
}

/// Returns why an image is in its state; why it waits is the same for all.
fn why(image: &RepositoryImage) -> String {
    let said = match &image.state {
        ImageState::Waiting => "It is published once its file has not changed for a while.",
        ImageState::NoFile if image.has_backup => "There is a backup of it.",
        ImageState::NoFile => "It is registered; its file is still to come.",
        state => state.detail(),
    };
    if said.is_empty() { String::new() } else { crate::trouble::sentence(said) }
}

/// Returns what an image is, in words.
pub(super) fn what(recognised: Option<&Recognised>) -> String {
    let words = recognised.map(|told| [&told.tool, &told.compressor, &told.filesystem]);
    let words: Vec<&str> =
        words.iter().flatten().map(|word| word.as_str()).filter(|word| !word.is_empty()).collect();
    words.join(" · ")
}

impl Line {
    pub(super) fn of(repository: &dyn ImageRepository, image: &RepositoryImage) -> Line {
        let needed = image.recognised.as_ref().and_then(|told| told.restore_bytes);
        Line {
            repository: repository.name().to_string(),
            path: image.path.to_string(),
            page: address(repository, "images", &image.path),
            torrent: match image.info_hash.filter(|_| image.state == ImageState::Published) {
                Some(_) => format!("{}.torrent", address(repository, "files", &image.path)),
                None => String::new(),
            },
            title: image.registration.as_ref().map(|noted| noted.title.to_string()).unwrap_or_default(),
            badge: badge(&image.state),
            why: why(image),
            what: what(image.recognised.as_ref()),
            unit: folder(image),
            has_file: image.state != ImageState::NoFile,
            size: size(image.size),
            needs: needed.map(size).unwrap_or_default(),
            changed: Moment::of(image.changed_ms, now_ms()),
            has_backup: image.has_backup,
        }
    }
}

/// Returns the name of the folder an image is in, as people read it; empty for that of the repository itself.
pub(super) fn folder(image: &RepositoryImage) -> String {
    let folder = image.path.folder().map(|folder| folder.to_string_lossy().into_owned());
    folder.unwrap_or_default()
}
