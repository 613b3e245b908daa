//! Finds out what jobs take on the disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use imaging::{DiskUse, LayerUse};
use nix::sys::statvfs::fstatvfs;

/// A block, as the kernel counts those of a file.
const BLOCK: u64 = 512;

/// Looks at everything below the base folder, until there is no time left.
pub(crate) fn disk_use(base: &File, until: Instant) -> io::Result<DiskUse> {
    let about = fstatvfs(base)?;
    let mut layers = BTreeMap::<PathBuf, LayerUse>::new();
    let mut folders = vec![PathBuf::new()];
    let mut is_whole = true;
    while let Some(path) = folders.pop() {
        if Instant::now() >= until {
            is_whole = false;
            break;
        }
        let inside = inside(base, &path);
        if path.as_os_str().is_empty() || !inside.has_files {
            folders.extend(inside.folders);
            continue;
        }
        // a folder with files of its own is a job's: layers have none
        let (bytes, was_whole) = whole(base, inside, until);
        is_whole &= was_whole;
        let layer = layers.entry(path.parent().unwrap_or(Path::new("")).to_owned()).or_default();
        layer.jobs += 1;
        layer.bytes += bytes;
    }
    let mut layers: Vec<_> = layers
        .into_iter()
        .map(|(path, layer)| LayerUse { prefix: path.to_string_lossy().into_owned(), ..layer })
        .collect();
    layers.sort_by_key(|layer| std::cmp::Reverse(layer.bytes));
    let block = about.fragment_size();
    Ok(DiskUse { size: about.blocks() * block, free: about.blocks_available() * block, layers, is_whole })
}

/// What is directly in a folder.
#[derive(Default)]
struct Inside {
    folders: Vec<PathBuf>,
    has_files: bool,
    bytes: u64,
}

/// Looks into a folder; one that was removed meanwhile, is a link or is somebody else's has nothing.
fn inside(base: &File, path: &Path) -> Inside {
    let mut found = Inside::default();
    let opened = if path.as_os_str().is_empty() { base.try_clone() } else { beneath::folder(base, path) };
    let entries = opened.and_then(|folder| Ok((fs::read_dir(beneath::of(&folder))?, folder)));
    let Ok((entries, _folder)) = entries else { return found };
    for entry in entries.flatten() {
        let Ok(about) = entry.metadata() else { continue }; // of the link itself
        found.bytes += about.blocks() * BLOCK;
        if about.is_dir() {
            found.folders.push(path.join(entry.file_name()));
        }
        found.has_files |= about.is_file();
    }
    found
}

/// Returns what a folder takes with all below it, and whether there was time for all of it.
fn whole(base: &File, top: Inside, until: Instant) -> (u64, bool) {
    let Inside { mut folders, mut bytes, .. } = top;
    while let Some(path) = folders.pop() {
        if Instant::now() >= until {
            return (bytes, false);
        }
        let inside = inside(base, &path);
        bytes += inside.bytes;
        folders.extend(inside.folders);
    }
    (bytes, true)
}
