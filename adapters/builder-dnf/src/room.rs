//! Whether the disk has room; pure but for one question.

use std::path::Path;

use crate::limits::Limits;

/// What a build takes before it has a single package.
const AT_LEAST: u64 = 64 << 20;

/// Returns how many bytes are free for us where `folder` is.
pub(crate) fn free(folder: &Path) -> Option<u64> {
    let found = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(found.blocks_available() * found.fragment_size())
}

/// Tells whether hardly any file can be made where `folder` is, which is full then however many bytes are free.
pub(crate) fn has_few_files(folder: &Path) -> bool {
    nix::sys::statvfs::statvfs(folder).is_ok_and(|found| Inodes::of(&found).are_few())
}

/// Says of a folder that is full that it is for want of inodes, and what to do; `None` when it is for want of bytes.
pub(crate) fn no_files(folder: &Path) -> Option<String> {
    let found = nix::sys::statvfs::statvfs(folder).ok()?;
    let bytes = found.blocks_available() * found.fragment_size();
    Inodes::of(&found).are_scarcer_than(found.blocks_available(), found.blocks()).then(|| {
        format!(
            "no room on the disk for more files: {} are free in {}, but of its {} inodes {} (`df -i` shows them): remove files \
             there, or have a file system with more of them (`mkfs.ext4 -N`)",
            human(bytes),
            folder.display(),
            found.files(),
            found.files_available()
        )
    })
}

/// How many files a file system may still have, and of how many; some, as btrfs, count none.
#[derive(Clone, Copy)]
struct Inodes {
    free: u64,
    of: u64,
}

impl Inodes {
    fn of(found: &nix::sys::statvfs::Statvfs) -> Inodes {
        Inodes { free: found.files_available(), of: found.files() }
    }

    fn are_few(self) -> bool {
        self.of > 0 && self.free < 64
    }

    /// What a program met the end with may have been removed by it, so some are free again.
    fn are_scarcer_than(self, blocks_free: u64, blocks: u64) -> bool {
        let share = |free: u64, of: u64| u128::from(free) * 1000 / u128::from(of.max(1));
        self.of > 0 && share(self.free, self.of) < 50.min(share(blocks_free, blocks))
    }
}

/// Returns how many bytes a build takes whose packages take `installed`: as files, in the image, and on the way to it.
/// Before these are known it is 0: a disk as large as its partitions is mostly zeros, which take no room.
pub(crate) fn needed(installed: u64, copies: u64) -> u64 {
    installed * copies + AT_LEAST
}

/// Refuses a build that needs so many bytes where there are not enough, or it may not take them; the error is a sentence.
pub(crate) fn check(needed: u64, limits: &Limits, free: Option<u64>, folder: &Path) -> Result<(), String> {
    if let Some(limit) = limits.disk.filter(|limit| needed > *limit) {
        return Err(format!(
            "the build needs {} of the disk, and may take {}; raise [worker] disk_limit, or have it install less",
            human(needed),
            human(limit)
        ));
    }
    match free {
        Some(free) if needed.saturating_add(limits.keep_free) > free => {
            Err(none(Some(needed), limits, Some(free), folder))
        }
        _ => Ok(()),
    }
}

/// Says that there is no room.
pub(crate) fn none(needed: Option<u64>, limits: &Limits, free: Option<u64>, folder: &Path) -> String {
    let (folder, keep) = (folder.display(), limits.keep_free);
    match (needed, free) {
        (Some(needed), Some(free)) if keep > 0 && needed.saturating_add(keep) > free => format!(
            "no room on the disk: {} needed, and {} to stay free ([worker] keep_free), {} free in {folder}",
            human(needed),
            human(keep),
            human(free)
        ),
        (Some(needed), Some(free)) if needed > free => {
            format!("no room on the disk: {} needed, {} free in {folder}", human(needed), human(free))
        }
        _ => format!("no room on the disk: {folder} is full"),
    }
}

/// Writes a size as people say it.
pub(crate) fn human(bytes: u64) -> String {
    match bytes {
        0..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    #[test]
    fn a_full_disk_is_said_in_numbers() {
        let (none_kept, folder) = (Limits::default(), Path::new("/srv/img"));
        assert_eq!(
            none(Some(3_100_000_000), &none_kept, Some(GB), folder),
            "no room on the disk: 3.1 GB needed, 1.0 GB free in /srv/img"
        );
        assert_eq!(
            none(None, &none_kept, Some(4096), Path::new("/srv")),
            "no room on the disk: /srv is full"
        );
        assert_eq!(human(12_500_000), "13 MB");
    }

    #[test]
    fn a_build_is_refused_that_others_would_suffer_from() {
        let folder = Path::new("/srv/img");
        let limits = Limits { keep_free: GB, disk: Some(2 * GB), ..Limits::default() };
        for (needed, free, sentence) in [
            (GB, Some(2 * GB), None),
            (GB, None, None),
            (
                GB,
                Some(2 * GB - 1),
                Some(
                    "no room on the disk: 1.0 GB needed, and 1.0 GB to stay free ([worker] keep_free), 1.9 GB free in /srv/img",
                ),
            ),
            (
                2 * GB + 1,
                Some(9 * GB),
                Some(
                    "the build needs 2.0 GB of the disk, and may take 2.0 GB; raise [worker] disk_limit, or have it install less",
                ),
            ),
        ] {
            assert_eq!(check(needed, &limits, free, folder).err().as_deref(), sentence, "{needed} {free:?}");
        }
        let nothing = Limits::default();
        assert_eq!(check(needed(0, 3), &nothing, Some(AT_LEAST), folder), Ok(()));
        assert!(check(needed(0, 3), &nothing, Some(AT_LEAST - 1), folder).is_err());
    }

    #[test]
    fn a_disk_is_out_of_inodes_when_those_are_scarcer_than_its_bytes() {
        for (free, of, blocks_free, scarcer) in [
            (0, 6000, 900, true),
            (200, 6000, 900, true), // dnf has removed some
            (400, 6000, 900, false),
            (0, 6000, 0, false), // full in every way
            (0, 0, 900, false),  // not counted
        ] {
            assert_eq!(
                Inodes { free, of }.are_scarcer_than(blocks_free, 1000),
                scarcer,
                "{free} {blocks_free}"
            );
        }
    }

    #[test]
    fn the_free_room_of_a_folder_is_known() {
        assert!(free(Path::new("/")).is_some());
        assert_eq!(free(Path::new("/no/such/folder")), None);
    }
}
