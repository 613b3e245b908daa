//! Looks into the folder of a job, and removes it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use beneath::folder;
use imaging::{FolderContents, JobFile};

/// How deep folders are looked into.
const DEEPEST: usize = 100;

/// Returns what is in a folder, and in those below it.
pub(crate) fn contents(top: &File) -> io::Result<FolderContents> {
    let mut found = FolderContents::default();
    let mut folders = vec![(PathBuf::new(), 0)];
    while let Some((path, depth)) = folders.pop() {
        let opened = if path.as_os_str().is_empty() { top.try_clone() } else { folder(top, &path) };
        let opened = match opened {
            Ok(opened) => opened,
            // it was removed or became a link meanwhile, or belongs to a user of the image
            Err(_) if depth > 0 => continue,
            Err(error) => return Err(error),
        };
        for entry in fs::read_dir(beneath::of(&opened))? {
            let entry = entry?;
            let Ok(about) = entry.metadata() else { continue }; // of the link itself
            let below = path.join(entry.file_name());
            if about.is_dir() {
                if depth < DEEPEST {
                    folders.push((below, depth + 1));
                }
                continue;
            }
            found.count += 1;
            found.bytes += about.len();
            if let (true, Some(path), true) =
                (about.is_file(), below.to_str(), found.files.len() < FolderContents::MOST)
            {
                let changed_ms = about.mtime() * 1000 + about.mtime_nsec() / 1_000_000;
                found.files.push(JobFile { path: path.to_owned(), size: about.len(), changed_ms });
            }
        }
    }
    found.files.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(found)
}

/// Removes a folder with all that is in it; of a link, the link.
pub(crate) async fn remove(above: &File, name: &str) -> io::Result<()> {
    // the program that removes it goes down by open folders, and follows no link; it finds the first one as ours
    child::remove(&beneath::of_ours(above).join(name)).await.map_err(io::Error::other)
}
