//! Opening what lies below an open folder, and nothing else.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::path::Path;

use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};

/// Opens for reading; a pipe does not make it wait.
pub(crate) fn beneath(folder: &File, path: &Path) -> nix::Result<File> {
    let how = OpenHow::new()
        .flags(OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK | OFlag::O_NOCTTY)
        .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    Ok(openat2(folder.as_fd(), path, how)?.into())
}

/// Returns the names of the files of an open folder; one that is not UTF-8 cannot be asked for and is left out.
///
/// A link counts as a file; where it leads is looked at when it is opened.
pub(crate) fn names(folder: &File, most: usize) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/self/fd/{}", folder.as_raw_fd()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            continue;
        }
        if names.len() == most {
            return Err(io::Error::other(format!("it has more than {most} files")));
        }
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}
