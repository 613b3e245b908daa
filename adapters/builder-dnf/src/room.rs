//! Whether the disk has room; pure but for one question.

use std::path::Path;

/// Returns how many bytes are free for us where `folder` is.
pub(crate) fn free(folder: &Path) -> Option<u64> {
    let found = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(found.blocks_available() * found.fragment_size())
}

/// Returns how many bytes a build takes whose packages take `installed`: as files, in the image, and on the way to it.
pub(crate) fn needed(installed: u64, copies: u64) -> u64 {
    installed * copies + (64 << 20)
}

/// Says that there is no room.
pub(crate) fn none(needed: Option<u64>, free: Option<u64>, folder: &Path) -> String {
    let folder = folder.display();
    match (needed, free) {
        (Some(needed), Some(free)) if needed > free => {
            format!("no room on the disk: {} needed, {} free in {folder}", human(needed), human(free))
        }
        _ => format!("no room on the disk: {folder} is full"),
    }
}

/// Writes a size as people say it.
fn human(bytes: u64) -> String {
    match bytes {
        0..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_in_numbers() {
        assert_eq!(
            none(Some(3_100_000_000), Some(1_000_000_000), Path::new("/srv/img")),
            "no room on the disk: 3.1 GB needed, 1.0 GB free in /srv/img"
        );
        assert_eq!(none(None, Some(4096), Path::new("/srv")), "no room on the disk: /srv is full");
        assert_eq!(human(12_500_000), "13 MB");
    }

    #[test]
    fn the_free_room_of_a_folder_is_known() {
        assert!(free(Path::new("/")).is_some());
        assert_eq!(free(Path::new("/no/such/folder")), None);
    }
}
