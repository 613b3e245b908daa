//! What is known of an image without reading it.

use std::time::UNIX_EPOCH;

use imaging::{ImagePath, ImageState, Registration, RepositoryError, RepositoryImage};

use crate::beside;
use crate::etc;
use crate::folder::{Folder, Key};
use crate::known::Known;
use crate::lock;
use crate::place::{Place, missing, reading};

/// All images of a repository.
pub(crate) fn all(place: &Place) -> Result<Vec<RepositoryImage>, RepositoryError> {
    let registered = etc::registrations(&place.etc)?;
    let mut told = Vec::new();
    for image in place.walk()?.images {
        // one that goes away meanwhile, or cannot be read, keeps no other from being told
        match place.folder_of(&image).and_then(|folder| at(&folder, &image, &registered)) {
            Ok(Some(one)) => told.push(one),
            Ok(None) => {}
            Err(error) => told.push(blank(&image, ImageState::Refused(error.sentence()))),
        }
    }
    for registration in &registered {
        if !told.iter().any(|one| etc::is_about(registration, &one.path)) {
            told.push(announced(registration));
        }
    }
    told.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(told)
}

/// One of them.
pub(crate) fn one(place: &Place, image: &ImagePath) -> Result<RepositoryImage, RepositoryError> {
    let registered = etc::registrations(&place.etc)?;
    let there = match place.folder_of(image) {
        Ok(folder) => at(&folder, image, &registered)?,
        Err(_) if image.folder().is_some() => None,
        Err(error) => return Err(error),
    };
    let about = || registered.iter().find(|one| etc::is_about(one, image)).map(announced);
    there.or_else(|| about().filter(|one| one.path == *image)).ok_or_else(|| missing(image))
}

fn announced(registration: &Registration) -> RepositoryImage {
    let path = ImagePath::of(registration.unit.as_ref(), &registration.name, imaging::ImageKind::Img);
    RepositoryImage { registration: Some(registration.clone()), ..blank(&path, ImageState::NoFile) }
}

fn blank(image: &ImagePath, state: ImageState) -> RepositoryImage {
    RepositoryImage {
        path: image.clone(),
        state,
        size: 0,
        changed_ms: 0,
        recognised: None,
        client_name: String::new(),
        sums: None,
        info_hash: None,
        has_backup: false,
        registration: None,
    }
}

/// What there is in its folder; none when there is neither an image nor a backup.
pub(crate) fn at(
    folder: &Folder,
    image: &ImagePath,
    registered: &[Registration],
) -> Result<Option<RepositoryImage>, RepositoryError> {
    let file = image.file_name();
    let looked = || {
        let has_backup = folder.about(&beside::backup(file))?.is_some();
        let about = folder.about(file)?;
        if about.is_none() && !has_backup {
            return Ok(None);
        }
        let key = about.as_ref().map(Key::of);
        let can_be_known = key.filter(|_| beside::has_room(file));
        let known = can_be_known.map_or(Ok(None), |key| Known::of(folder, file, key))?;
        let state = state(folder, image, key, known.as_ref())?;
        let changed = about.as_ref().and_then(|about| about.modified().ok());
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let is_published = state == ImageState::Published;
        Ok(Some(RepositoryImage {
            size: key.map_or(0, |key| key.size),
            changed_ms: changed.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX)),
            info_hash: known.as_ref().filter(|_| is_published).and_then(Known::info_hash),
            sums: known.as_ref().map(|known| known.sums.clone()),
            client_name: known.as_ref().map_or(String::new(), |known| known.client_name.clone()),
            recognised: known.and_then(|known| known.recognised),
            has_backup,
            registration: registered.iter().find(|one| etc::is_about(one, image)).cloned(),
            ..blank(image, state)
        }))
    };
    looked().map_err(|error| reading(image, error))
}

fn state(
    folder: &Folder,
    image: &ImagePath,
    key: Option<Key>,
    known: Option<&Known>,
) -> std::io::Result<ImageState> {
    let file = image.file_name();
    if key.is_none() {
        return Ok(ImageState::NoFile);
    }
    if !beside::has_room(file) {
        let sentence = "its name is too long for .full.sum and .torrent to lie beside it: rename it";
        return Ok(ImageState::Refused(sentence.into()));
    }
    if let Some(who) = lock::holder(folder, file)? {
        return Ok(ImageState::Locked(who));
    }
    Ok(match known {
        Some(Known { refused: Some(why), .. }) => ImageState::Refused(why.clone()),
        Some(known) if known.is_published(folder, file)? => ImageState::Published,
        _ => ImageState::Waiting,
    })
}
