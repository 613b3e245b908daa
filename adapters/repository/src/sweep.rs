//! What programs that were killed left, taken away.

use std::ffi::OsStr;
use std::io;

use crate::beside::{self, Beside, FOLLOWERS};
use crate::folder::Folder;
use crate::lock::{self, Tried};
use crate::place::Place;

/// Cleans up in all folders of the images, and tells what was there. What cannot be cleaned up is left for another time.
pub(crate) fn all(place: &Place) -> Vec<String> {
    let mut cleaned = Vec::new();
    let units = place.walk().map(|walk| walk.units).unwrap_or_default();
    let folders = units.iter().filter_map(|unit| place.images.folder(unit).ok());
    for folder in place.images.again().into_iter().chain(folders) {
        for name in folder.names().unwrap_or_default() {
            match one(&folder, &name) {
                Ok(false) => {}
                Ok(true) => {
                    cleaned.push(format!("{} of a program that was killed", folder.at.join(&name).display()))
                }
                Err(error) => tracing::warn!("cannot clean up {:?}: {error}", folder.at.join(&name)),
            }
        }
    }
    cleaned
}

fn one(folder: &Folder, name: &OsStr) -> io::Result<bool> {
    let bytes = name.as_encoded_bytes();
    if bytes.starts_with(lock::ASIDE.as_bytes()) {
        return lock::sweep(folder, name);
    }
    if let Some(image) = lock::image_of(name) {
        return if lock::is_dead(folder, &image)? {
            Ok(matches!(lock::take(folder, &image)?, Tried::Held(_)))
        } else {
            Ok(false)
        };
    }
    let Some(image) = beside::image_of_hidden(name) else {
        return Ok(false);
    };
    let is_of_backup = *name == *Beside::Known.of_backup(&image);
    let is_known = is_of_backup || *name == *Beside::Known.of(&image);
    if is_known && folder.has(&if is_of_backup { beside::backup(&image) } else { image.clone() })? {
        return Ok(false);
    }
    // whoever made it may have ended well, and looks at the image now: no lock for nothing
    if !folder.has(name)? {
        return Ok(false);
    }
    let Tried::Held(_lock) = lock::take(folder, &image)? else { return Ok(false) };
    if !folder.has(name)? {
        return Ok(false);
    }
    if !is_known {
        return folder.remove(name).map(|()| true);
    }
    // the image is gone, and was ours: so is what lies beside it
    let owner = if is_of_backup { beside::backup(&image) } else { image.clone() };
    if folder.has(&owner)? {
        return Ok(false);
    }
    for one in FOLLOWERS {
        folder.remove(&if is_of_backup { one.of_backup(&image) } else { one.of(&image) })?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

    use super::*;

    #[test]
    fn what_is_gone_already_locks_no_image() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::base(temp.path()).unwrap();
        let name = Beside::Incoming.of(OsStr::new("x.img"));
        let heard = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
        heard.add_watch(temp.path(), AddWatchFlags::IN_CREATE).unwrap();

        assert!(!one(&folder, &name).unwrap());

        assert!(heard.read_events().is_err(), "no lock was made");
        std::fs::write(temp.path().join(&name), "").unwrap();
        assert!(one(&folder, &name).unwrap());
        assert!(heard.read_events().unwrap().len() > 1, "and now it was");
    }
}
