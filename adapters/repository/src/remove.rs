//! Images removed, and backups put back.

use imaging::{ImagePath, ImageState, Removal, RepositoryError};

use crate::beside::{self, Beside, FOLLOWERS};
use crate::incorporate::{held, held_to_remove};
use crate::place::{Place, missing, writing};
use crate::reports::Reports;
use crate::tend::read_and_publish;
use crate::{Settings, etc, known, look, publish, sweep};

pub(crate) fn remove(place: &Place, image: &ImagePath, how: Removal) -> Result<(), RepositoryError> {
    sweep::all(place);
    let there = look::one(place, image)?;
    let has_file = there.state != ImageState::NoFile;
    if how == Removal::KeepBackup && !has_file {
        return Err(missing(image));
    }
    if has_file || there.has_backup {
        let folder = place.folder_of(image)?;
        let _lock = match how {
            Removal::KeepBackup => held(&folder, image)?,
            Removal::ForGood => held_to_remove(&folder, image)?,
        };
        let file = image.file_name();
        let backup = beside::backup(file);
        let work = || {
            // the image first: what is left beside it is cleaned up as what belongs to none
            if how == Removal::KeepBackup {
                folder.rename(file, &backup)?;
                FOLLOWERS
                    .into_iter()
                    .try_for_each(|one| folder.move_over(&one.of(file), &one.of_backup(file)))?;
            } else {
                folder.remove(file)?;
                FOLLOWERS.into_iter().try_for_each(|one| folder.remove(&one.of(file)))?;
                folder.remove(&backup)?;
                FOLLOWERS.into_iter().try_for_each(|one| folder.remove(&one.of_backup(file)))?;
            }
            folder.remove(&Beside::Info.of(file))?;
            folder.sync()
        };
        work().map_err(|source| writing(image, source))?;
    }
    if how == Removal::ForGood {
        etc::register(&place.etc, |all| all.retain(|one| !etc::is_about(one, image)))?;
    }
    etc::list(place, || look::all(place))
}

pub(crate) fn restore_backup(
    place: &Place,
    settings: &Settings,
    image: &ImagePath,
    reports: &Reports,
) -> Result<(), RepositoryError> {
    sweep::all(place);
    let folder = place.folder_of(image)?;
    let file = image.file_name();
    let backup = beside::backup(file);
    let disk = |source| writing(image, source);
    if folder.about(&backup).map_err(disk)?.is_none() {
        return Err(missing_backup(image));
    }
    let lock = held(&folder, image)?;
    let swap = || {
        folder.swap(file, &backup)?;
        FOLLOWERS.into_iter().try_for_each(|one| folder.swap(&one.of(file), &one.of_backup(file)))?;
        folder.sync()
    };
    swap().map_err(disk)?;
    // a backup of OpenGnsys's own, or one that was changed, is read first
    if !known::is_published(&folder, file).map_err(disk)?
        && let Err(error) = read_and_publish(&folder, image, settings, reports)
    {
        publish::withdraw(&folder, file).and_then(|()| swap()).map_err(disk)?;
        return Err(match error {
            RepositoryError::Refused { number, reason } => {
                RepositoryError::refused(number, format!("the backup of {image} stays where it is: {reason}"))
            }
            error => error,
        });
    }
    drop(lock);
    etc::list(place, || look::all(place))
}

fn missing_backup(image: &ImagePath) -> RepositoryError {
    let sentence = format!("there is no backup of {image}: `img repo list` shows which images have one");
    RepositoryError::refused(imaging::OpenGnsysError::NotFound, sentence)
}
