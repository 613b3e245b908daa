//! Paths that stay below an open folder.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use imaging::{FolderContents, JobFile};
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};

/// How deep folders are looked into.
const DEEPEST: usize = 100;

/// Opens the folder that all others are below; where it is, and whether by a link, is the site's own business.
pub(crate) fn base(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a folder below another. No link is followed, and `..` leads nowhere.
pub(crate) fn folder(above: &File, path: &Path) -> io::Result<File> {
    open(above, path, OFlag::O_DIRECTORY)
}

/// Opens a file below a folder for reading: a regular one, so that nobody waits for a pipe.
pub(crate) fn file(above: &File, path: &Path) -> io::Result<File> {
    let file = open(above, path, OFlag::O_NONBLOCK | OFlag::O_NOCTTY)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
}

fn open(above: &File, path: &Path, flags: OFlag) -> io::Result<File> {
    if path.as_os_str().is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let how = OpenHow::new().flags(OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW | flags).resolve(
        ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_MAGICLINKS,
    );
    Ok(openat2(above.as_fd(), path, how)?.into())
}

/// Returns a path by which the library of Rust reaches an open folder.
fn of(folder: &File) -> PathBuf {
    format!("/proc/self/fd/{}", folder.as_raw_fd()).into()
}

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
        for entry in fs::read_dir(of(&opened))? {
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
    let ours = format!("/proc/{}/fd/{}", std::process::id(), above.as_raw_fd());
    child::remove(&Path::new(&ours).join(name)).await.map_err(io::Error::other)
}
