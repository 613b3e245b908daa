//! The lock of an image, which dies with its owner.
//!
//! The file `.lock` being there locks an image for the tools of OpenGnsys. Ours says who made it, and its owner holds the
//! kernel's lock on it: when that is free, the owner is dead, and whoever comes next takes it over. A file that says
//! nothing was made by OpenGnsys, which leaves it when it is killed; nobody but a person can know that.

mod made;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use self::made::{line, make};
use crate::beside::Beside;
use crate::folder::{Folder, Key};

pub(crate) use self::made::{ASIDE, sweep};

/// How the files begin that are ours.
const OURS: &str = "img ";
/// How long the line in them is, so that it is exchanged in one piece.
const LINE: usize = 160;

/// An image that nobody else changes.
#[derive(Debug)]
pub(crate) struct Lock<'a> {
    folder: &'a Folder,
    name: OsString,
    /// Closed after the name is gone.
    _held: Flock<File>,
}

/// What came of trying.
#[derive(Debug)]
pub(crate) enum Tried<'a> {
    Held(Lock<'a>),
    /// Somebody else has it; the sentence says who, and what to do.
    Taken(String),
}

/// Takes the lock of an image.
pub(crate) fn take<'a>(folder: &'a Folder, image: &OsStr) -> io::Result<Tried<'a>> {
    let name = Beside::Lock.of(image);
    loop {
        if let Some(held) = make(folder, &name)? {
            return Ok(Tried::Held(Lock { folder, name, _held: held }));
        }
        let file = match folder.open(&name) {
            Ok(file) => file,
            Err(error) if folder.has(&name)? => return Err(error),
            Err(_) => continue, // it went away just now
        };
        let said = said(&file)?;
        if !said.starts_with(OURS) {
            return Ok(Tried::Taken(foreign(folder, &name)));
        }
        let held = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(held) => held,
            Err((_, Errno::EWOULDBLOCK)) => return Ok(Tried::Taken(said)),
            Err((_, errno)) => return Err(errno.into()),
        };
        // its owner may have ended, and removed it, between these lines
        if folder.key(&name)?.map(|key| key.inode) == Some(Key::of(&held.metadata()?).inode) {
            tracing::info!("took over the lock {name:?} of a program that is dead: {said}");
            let ours = folder.open_or_create(&name)?;
            ours.write_all_at(line().as_bytes(), 0)?;
            return Ok(Tried::Held(Lock { folder, name, _held: held }));
        }
    }
}

/// Takes the lock of an image that is to be removed, which is how a disk that is full gets room for anything.
///
/// There, the lock has no line. Others take it for OpenGnsys's, so nobody takes it over: it stays if its owner is killed.
pub(crate) fn take_to_remove<'a>(folder: &'a Folder, image: &OsStr) -> io::Result<Tried<'a>> {
    let full = match take(folder, image) {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => error,
        taken => return taken,
    };
    let name = Beside::Lock.of(image);
    match made::make_without_line(folder, &name)? {
        Some(held) => Ok(Tried::Held(Lock { folder, name, _held: held })),
        None => Err(full),
    }
}

/// Who holds the lock of an image; none when nobody does, or its owner is dead.
pub(crate) fn holder(folder: &Folder, image: &OsStr) -> io::Result<Option<String>> {
    let name = Beside::Lock.of(image);
    let file = match folder.open(&name) {
        Ok(file) => file,
        Err(error) if beneath::leads_nowhere(&error) => {
            return Ok(folder.has(&name)?.then(|| foreign(folder, &name)));
        }
        Err(error) => return Err(error),
    };
    let said = said(&file)?;
    if !said.starts_with(OURS) {
        return Ok(Some(foreign(folder, &name)));
    }
    match Flock::lock(file, FlockArg::LockSharedNonblock) {
        Ok(_) => Ok(None),
        Err((_, Errno::EWOULDBLOCK)) => Ok(Some(said)),
        Err((_, errno)) => Err(errno.into()),
    }
}

/// The image that a lock is of, by its name.
pub(crate) fn image_of(name: &OsStr) -> Option<OsString> {
    let image = name.as_bytes().strip_suffix(b".lock")?;
    Some(OsString::from_vec(image.to_owned()))
}

/// Whether an image has a lock of ours whose owner is dead.
pub(crate) fn is_dead(folder: &Folder, image: &OsStr) -> io::Result<bool> {
    let Ok(file) = folder.open(&Beside::Lock.of(image)) else { return Ok(false) };
    if !said(&file)?.starts_with(OURS) {
        return Ok(false);
    }
    Ok(Flock::lock(file, FlockArg::LockSharedNonblock).is_ok())
}

/// The first line of a lock; empty for what says nothing.
fn said(file: &File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(LINE as u64).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().next().unwrap_or("").trim_end().to_owned())
}

fn foreign(folder: &Folder, name: &OsStr) -> String {
    let since = folder.about(name).ok().flatten().and_then(|about| about.modified().ok());
    let since = since.and_then(|time| jiff::Timestamp::try_from(time).ok());
    let since = since.map_or(String::new(), |time| time.strftime(" since %Y-%m-%d %H:%M:%S UTC").to_string());
    format!(
        "a tool of OpenGnsys holds it{since}; if none is at work any more, remove {}",
        folder.at.join(name).display()
    )
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.folder.remove(&self.name) {
            tracing::warn!("cannot remove the lock {:?}: {error}", self.folder.at.join(&self.name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Folder) {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::base(temp.path()).unwrap();
        (temp, folder)
    }

    #[test]
    fn an_image_is_locked_by_one_at_a_time_and_the_file_is_there_meanwhile() {
        let (temp, folder) = place();
        let image = OsStr::new("a b.img");
        let Tried::Held(lock) = take(&folder, image).unwrap() else { panic!("it is free") };
        assert!(temp.path().join("a b.img.lock").exists());
        let Tried::Taken(who) = take(&folder, image).unwrap() else { panic!("it is held") };
        assert!(who.starts_with("img works on it: process "), "{who}");
        assert_eq!(holder(&folder, image).unwrap(), Some(who));
        assert_eq!(folder.names().unwrap(), ["a b.img.lock"]);
        drop(lock);
        assert_eq!(folder.names().unwrap().len(), 0);
        assert_eq!(holder(&folder, image).unwrap(), None);
    }

    #[test]
    fn the_lock_of_the_dead_is_taken_over_and_that_of_opengnsys_is_not() {
        let (temp, folder) = place();
        let image = OsStr::new("x.img");
        std::fs::write(temp.path().join("x.img.lock"), line()).unwrap();
        assert_eq!(holder(&folder, image).unwrap(), None, "nobody holds it");
        assert!(matches!(take(&folder, image).unwrap(), Tried::Held(_)));
        assert!(!temp.path().join("x.img.lock").exists());

        std::fs::write(temp.path().join("x.img.lock"), "").unwrap();
        let Tried::Taken(who) = take(&folder, image).unwrap() else { panic!("it is of OpenGnsys") };
        assert!(who.contains("remove ") && who.contains("x.img.lock"), "{who}");
        assert!(holder(&folder, image).unwrap().is_some());
    }

    #[test]
    fn a_lock_that_is_made_in_its_place_is_held_as_the_others_are() {
        let (_temp, folder) = place();
        let image = OsStr::new("x.img");
        let held = made::made_plainly(&folder, &Beside::Lock.of(image)).unwrap().unwrap();
        assert!(made::made_plainly(&folder, &Beside::Lock.of(image)).unwrap().is_none());
        assert!(holder(&folder, image).unwrap().unwrap().starts_with(OURS));
        drop(held);
        assert_eq!(holder(&folder, image).unwrap(), None, "its owner is dead");
    }

    #[test]
    fn whoever_cleans_up_is_in_nobodys_way() {
        // as when two operators begin at once: each cleans up first
        let (_temp, folder) = place();
        let is_over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let clean = || {
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let names = folder.names().unwrap();
                    let left = names.iter().filter(|name| name.as_bytes().starts_with(ASIDE.as_bytes()));
                    left.for_each(|name| assert!(sweep(&folder, name).is_ok()));
                }
            };
            for _ in 0..3 {
                scope.spawn(clean);
            }
            let all: Vec<_> = (0..1500).map(|_| take(&folder, OsStr::new("x.img")).map(drop)).collect();
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(all.iter().all(Result::is_ok), "{:?}", all.iter().find(|one| one.is_err()));
        });
    }

    #[test]
    fn of_many_who_take_it_over_one_gets_it() {
        let (temp, folder) = place();
        for _ in 0..50 {
            std::fs::write(temp.path().join("x.img.lock"), line()).unwrap();
            let barrier = std::sync::Barrier::new(4);
            let held: usize = std::thread::scope(|scope| {
                let run = || {
                    barrier.wait();
                    let tried = take(&folder, OsStr::new("x.img")).unwrap();
                    let is_held = matches!(tried, Tried::Held(_));
                    barrier.wait(); // all have tried
                    usize::from(is_held)
                };
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(held, 1);
        }
    }
}
