//! Files that were renamed into the folders of images, as the kernel tells it.
//!
//! Where it cannot tell, everything waits until it has not changed for a while.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use imaging::ImagePath;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

use crate::folder::Folder;
use crate::place::Place;

#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    inotify: Option<Inotify>,
    /// The path of each folder, relative to that of the images.
    folders: HashMap<WatchDescriptor, PathBuf>,
    arrived: HashSet<ImagePath>,
}

impl Arrivals {
    /// Hears what arrived since the last time, and listens to these folders from now on.
    pub(crate) fn listen(&mut self, place: &Place, units: &[OsString]) {
        self.hear();
        let flags = InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC;
        if self.inotify.is_none() {
            self.inotify = Inotify::init(flags).ok();
        }
        self.watch(&place.images, Path::new(""));
        for unit in units {
            if let Ok(folder) = place.images.folder(unit) {
                self.watch(&folder, Path::new(unit));
            }
        }
    }

    fn watch(&mut self, folder: &Folder, path: &Path) {
        let Some(inotify) = &self.inotify else { return };
        let flags = AddWatchFlags::IN_MOVED_TO | AddWatchFlags::IN_MODIFY | AddWatchFlags::IN_ONLYDIR;
        match inotify.add_watch(&folder.own_path(), flags) {
            Ok(watch) => {
                self.folders.insert(watch, path.to_owned());
            }
            Err(error) => tracing::debug!("cannot listen to {}: {error}", folder.at.display()),
        }
    }

    fn hear(&mut self) {
        let Some(inotify) = &self.inotify else { return };
        while let Ok(events) = inotify.read_events() {
            for event in events {
                if event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW) {
                    self.arrived.clear(); // they wait like all others
                    continue;
                }
                let folder = self.folders.get(&event.wd);
                let Some(path) =
                    folder.zip(event.name).and_then(|(folder, name)| ImagePath::new(folder.join(name)).ok())
                else {
                    continue;
                };
                if event.mask.contains(AddWatchFlags::IN_MOVED_TO) {
                    self.arrived.insert(path);
                } else {
                    self.arrived.remove(&path); // somebody goes on writing it
                }
            }
        }
    }

    pub(crate) fn was_renamed_in(&self, image: &ImagePath) -> bool {
        self.arrived.contains(image)
    }

    /// Forgets one that was looked after.
    pub(crate) fn settled(&mut self, image: &ImagePath) {
        self.arrived.remove(image);
    }
}
