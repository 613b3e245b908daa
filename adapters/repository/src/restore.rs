//! The backup of an image, put in its place.

use std::io;

use imaging::{ImagePath, OpenGnsysError, RepositoryError};

use crate::beside::{self, Beside, FOLLOWERS};
use crate::examine::{broken, read_and_publish, read_there};
use crate::folder::{Folder, Key};
use crate::incorporate::held;
use crate::known::{self, Known};
use crate::one_read::WasRead;
use crate::place::{Place, writing};
use crate::publish::Staged;
use crate::recognise::Checked;
use crate::reports::Reports;
use crate::{Settings, etc, look, publish, sweep};

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
    // a backup of OpenGnsys's own, or one that was changed, is read before it has the name
    let read = match is_known(&folder, image).map_err(disk)? {
        true => None,
        false => Some(read_whole(&folder, image, settings, reports)?),
    };
    let swap = || {
        folder.swap(file, &backup)?;
        FOLLOWERS.into_iter().try_for_each(|one| folder.swap(&one.of(file), &one.of_backup(file)))?;
        folder.sync()
    };
    swap().map_err(disk)?;
    let publish = || match read {
        Some((key, was, checked)) => {
            let staged = publish::stage(&folder, file, key, (was, &checked), ("", settings), true);
            staged
                .and_then(Staged::publish)
                .and_then(|()| folder.remove(&Beside::Info.of(file)))
                .map_err(disk)
        }
        None if known::is_published(&folder, file).map_err(disk)? => Ok(()),
        None => read_and_publish(&folder, image, settings, reports), // somebody took its sums away
    };
    if let Err(error) = publish() {
        swap().map_err(disk)?;
        return Err(stays(image, error));
    }
    drop(lock);
    publish::announce(&folder, file, settings).map_err(disk)?;
    etc::list(place, || look::all(place))
}

/// Whether it is known of a backup, as it is, that it is whole.
fn is_known(folder: &Folder, image: &ImagePath) -> io::Result<bool> {
    let file = image.file_name();
    let key = folder.key(&beside::backup(file))?;
    let known = Known::read(folder, &Beside::Known.of_backup(file))?;
    Ok(known.is_some_and(|known| Some(known.key) == key && known.refused.is_none()))
}

fn read_whole(
    folder: &Folder,
    image: &ImagePath,
    settings: &Settings,
    reports: &Reports,
) -> Result<(Key, WasRead, Checked), RepositoryError> {
    let read = read_there(folder, &beside::backup(image.file_name()), image, settings, reports);
    read.and_then(|read| match broken(&read.2) {
        Some(why) => Err(RepositoryError::refused(OpenGnsysError::Image, why)),
        None => Ok(read),
    })
    .map_err(|error| stays(image, error))
}

fn stays(image: &ImagePath, error: RepositoryError) -> RepositoryError {
    match error {
        RepositoryError::Refused { number, reason } => {
            RepositoryError::refused(number, format!("the backup of {image} stays where it is: {reason}"))
        }
        error => error,
    }
}

fn missing_backup(image: &ImagePath) -> RepositoryError {
    let sentence = format!("there is no backup of {image}: `img repo list` shows which images have one");
    RepositoryError::refused(OpenGnsysError::NotFound, sentence)
}
