//! Images removed.

use imaging::{ImagePath, ImageState, Removal, RepositoryError};

use crate::beside::{self, Beside, FOLLOWERS};
use crate::incorporate::{held, held_to_remove};
use crate::place::{Place, missing, writing};
use crate::{etc, look, sweep};

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
