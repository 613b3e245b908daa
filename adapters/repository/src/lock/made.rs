//! A lock that is made so that nobody sees it without its line and the kernel's lock.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::fcntl::{Flock, FlockArg};

use super::{LINE, OURS};
use crate::folder::Folder;

/// How often it is tried before that is an error.
const AGAIN: usize = 100;

/// Makes the file with its line and the kernel's lock at once; none when there is one.
pub(super) fn make(folder: &Folder, name: &OsStr) -> io::Result<Option<Flock<File>>> {
    let is_in_the_way =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotFound);
    // whoever cleans up may take it, before it is locked, for one that a killed program left
    for _ in 0..AGAIN {
        match make_once(folder, name) {
            Err(error) if is_in_the_way(&error) => std::thread::yield_now(),
            made => return made,
        }
    }
    make_once(folder, name)
}

fn make_once(folder: &Folder, name: &OsStr) -> io::Result<Option<Flock<File>>> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    if folder.has(name)? {
        return Ok(None);
    }
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let aside = OsString::from(format!("{ASIDE}{}-{count}", std::process::id()));
    folder.remove(&aside)?; // of a process that had this number before
    let file = folder.create(&aside)?;
    let made = (|| {
        file.write_all_at(line().as_bytes(), 0)?;
        let held = Flock::lock(file, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, errno)| io::Error::from(errno))?;
        match folder.link(&aside, name) {
            Ok(()) => Ok(Some(held)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            // a file system without second names; others take it for OpenGnsys's until its line is there
            Err(error)
                if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) =>
            {
                made_plainly(folder, name)
            }
            Err(error) => Err(error),
        }
    })();
    folder.remove(&aside)?;
    made
}

/// Makes a file that takes no room but that of its name; none when there is one.
pub(super) fn make_without_line(folder: &Folder, name: &OsStr) -> io::Result<Option<Flock<File>>> {
    match folder.create(name) {
        Ok(file) => Flock::lock(file, FlockArg::LockExclusiveNonblock)
            .map(Some)
            .map_err(|(_, errno)| io::Error::from(errno)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn made_plainly(folder: &Folder, name: &OsStr) -> io::Result<Option<Flock<File>>> {
    let held = make_without_line(folder, name)?;
    held.as_ref().map_or(Ok(()), |held| held.write_all_at(line().as_bytes(), 0))?;
    Ok(held)
}

/// How locks are called before they are some image's.
pub(crate) const ASIDE: &str = ".img-lock-";

/// Removes a lock that was given up before it was some image's.
pub(crate) fn sweep(folder: &Folder, name: &OsStr) -> io::Result<bool> {
    let Ok(file) = folder.open(name) else { return Ok(false) };
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(_) => folder.remove(name).map(|()| true),
        Err(_) => Ok(false),
    }
}

pub(super) fn line() -> String {
    let host =
        nix::unistd::gethostname().map_or_else(|_| "?".into(), |name| name.to_string_lossy().into_owned());
    let host: String = host.chars().filter(char::is_ascii_graphic).take(60).collect();
    let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC");
    let line = format!("{OURS}works on it: process {} on {host} since {now}", std::process::id());
    format!("{line:width$}\n", width = LINE - 1)
}
