//! Paths that stay below an open folder.
//!
//! The kernel keeps them there and follows no link, also when files are exchanged meanwhile.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};

/// Opens the folder that all others are below; where it is, and whether by a link, is the site's own business.
pub fn base(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a folder below another. No link is followed, and `..` leads nowhere.
pub fn folder(above: &File, path: &Path) -> io::Result<File> {
    open(above, path, OFlag::O_DIRECTORY)
}

/// Opens a file below a folder for reading: a regular one, so that nobody waits for a pipe.
pub fn file(above: &File, path: &Path) -> io::Result<File> {
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

/// Tells whether an error means that a path leads nowhere: nothing is there, or a link or a file where a folder should be.
pub fn leads_nowhere(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw);
    error.kind() == io::ErrorKind::NotFound || matches!(errno, Some(Errno::ELOOP | Errno::ENOTDIR))
}

/// Returns a path by which this process, and no other, reaches an open folder, wherever it is by now.
pub fn of(folder: &File) -> PathBuf {
    format!("/proc/self/fd/{}", folder.as_raw_fd()).into()
}

/// Returns a path by which the processes we start reach an open folder, as long as we have it open.
pub fn of_ours(folder: &File) -> PathBuf {
    format!("/proc/{}/fd/{}", std::process::id(), folder.as_raw_fd()).into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_leads_out() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path().join("top");
        std::fs::create_dir_all(top.join("in/deep")).unwrap();
        std::fs::create_dir(temp.path().join("out")).unwrap();
        for file in ["top/in/deep/file", "out/secret"] {
            std::fs::write(temp.path().join(file), "text").unwrap();
        }
        symlink("../out", top.join("link")).unwrap();
        symlink("in/deep/file", top.join("inner")).unwrap();
        let above = base(&top).unwrap();

        assert!(file(&above, Path::new("in/deep/file")).is_ok());
        assert!(folder(&above, Path::new("in/deep")).is_ok());
        assert!(of(&folder(&above, Path::new("in")).unwrap()).join("deep/file").exists());
        for bad in ["link/secret", "../out/secret", "/etc/passwd", "inner", "in", "", "in/../../out/secret"] {
            assert!(file(&above, Path::new(bad)).is_err(), "{bad}");
        }
        for bad in ["link", "..", "/", "", "in/deep/file"] {
            assert!(folder(&above, Path::new(bad)).is_err(), "{bad}");
        }
        for bad in ["link/secret", "inner", "none", "in/deep/file/x"] {
            assert!(leads_nowhere(&file(&above, Path::new(bad)).unwrap_err()), "{bad}");
        }
    }
}
