//! What is mounted when the image starts; pure.

use super::{FileSystem, Layout, Mount};

/// Returns the text of /etc/fstab.
pub(crate) fn fstab(layout: &Layout) -> String {
    let mut volumes: Vec<_> = layout.volumes.iter().collect();
    volumes.sort_by(|a, b| a.mount.cmp(&b.mount)); // outer folders before inner ones, swap last
    let mut text = "# made by img from the part lines of the kickstart\n".to_owned();
    for volume in volumes {
        let uuid = &volume.uuid;
        let (at, kind, check) = match (&volume.mount, volume.file_system) {
            (Mount::Swap, _) | (_, FileSystem::Swap) => ("none", "swap", 0),
            (Mount::At(path), FileSystem::Vfat) => (path.as_str(), "vfat", 0),
            (Mount::At(path), FileSystem::Btrfs) => (path.as_str(), "btrfs", 0), // it has nothing to check at a start
            (Mount::At(path), FileSystem::Ext(kind)) => {
                (path.as_str(), kind, if path == "/" { 1 } else { 2 })
            }
        };
        text.push_str(&format!("UUID={uuid} {at} {kind} {} 0 {check}\n", volume.options));
    }
    text
}
