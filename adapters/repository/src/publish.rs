//! Sums and torrent of an image that was read, put beside it.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;

use imaging::{RepositoryError, Sums};
use metainfo::Metainfo;

use crate::Settings;
use crate::beside::Beside;
use crate::folder::{Folder, Key};
use crate::known::{self, Known, Seen};
use crate::lock::{self, Tried};
use crate::one_read::{Broke, WasRead};
use crate::recognise::Checked;

/// What lies beside an image once it is published, written under hidden names. What was not given its name is removed.
#[derive(Debug)]
pub(crate) struct Staged<'a> {
    folder: &'a Folder,
    file: &'a OsStr,
    written: Vec<Beside>,
}

/// Writes all that an image of this state needs; whoever calls it holds its lock.
///
/// `keeps` is for an image that has its name already: what lies beside it and is right stays as it is.
pub(crate) fn stage<'a>(
    folder: &'a Folder,
    file: &'a OsStr,
    key: Key,
    read: (WasRead, &Checked),
    (client_name, settings): (&str, &Settings),
    keeps: bool,
) -> io::Result<Staged<'a>> {
    let (was, checked) = read;
    let Sums { tail_md5, full_md5 } = &was.sums;
    let torrent = Metainfo::new(file.as_bytes(), was.length, was.pieces, &settings.announce(), full_md5);
    let mut known = Known {
        key,
        info_hash: torrent.info_hash.to_string(),
        recognised: checked.recognised.clone(),
        client_name: client_name.to_owned(),
        refused: None,
        torrent: None,
        sums: was.sums.clone(),
    };
    let mut staged = Staged { folder, file, written: Vec::new() };
    for (beside, sum) in [(Beside::Sum, tail_md5), (Beside::FullSum, full_md5)] {
        if !keeps || known::sum(folder, &beside.of(file))?.as_ref() != Some(sum) {
            staged.write(beside, format!("{sum}\n").as_bytes())?;
        }
    }
    let there = folder.key(&Beside::Torrent.of(file))?;
    let old = if keeps { known::torrent(folder, file)? } else { None };
    let is_right = |old: &&Metainfo| known.is_of(old, file) && settings.is_announced_by(&old.announce);
    known.torrent = match old.as_ref().filter(is_right) {
        Some(old) => seen(there, old),
        None => {
            staged.write(Beside::Torrent, &torrent.write(jiff::Timestamp::now().as_second()))?;
            seen(folder.key(&Beside::Torrent.aside(file))?, &torrent)
        }
    };
    staged.write(Beside::Known, &known.text())?;
    Ok(staged)
}

impl Staged<'_> {
    fn write(&mut self, beside: Beside, bytes: &[u8]) -> io::Result<()> {
        let aside = beside.aside(self.file);
        self.folder.remove(&aside)?;
        self.written.push(beside);
        self.folder.fill(&aside, bytes)
    }

    /// Gives all of it its names, which takes no room.
    pub(crate) fn publish(mut self) -> io::Result<()> {
        for beside in std::mem::take(&mut self.written) {
            self.folder.rename(&beside.aside(self.file), &beside.of(self.file))?;
        }
        self.folder.sync()
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        for beside in &self.written {
            if let Err(error) = self.folder.remove(&beside.aside(self.file)) {
                tracing::warn!("cannot remove what was written beside {:?}: {error}", self.file);
            }
        }
    }
}

/// Notes why an image is not published, and takes away what says that it is.
pub(crate) fn refuse(
    folder: &Folder,
    file: &OsStr,
    key: Key,
    was: WasRead,
    checked: &Checked,
    why: &str,
) -> io::Result<()> {
    withdraw(folder, file)?;
    let known = Known {
        key,
        sums: was.sums,
        info_hash: String::new(),
        recognised: checked.recognised.clone(),
        client_name: String::new(),
        refused: Some(why.to_owned()),
        torrent: None,
    };
    known.write(folder, file)
}

/// Writes the address of the tracker into the torrent of a published image, where the site has changed it.
pub(crate) fn announce(folder: &Folder, file: &OsStr, settings: &Settings) -> io::Result<()> {
    let known = || Known::read(folder, &Beside::Known.of(file));
    let is_so = |seen: &Seen| settings.is_announced_by(seen.announce.as_bytes());
    if known()?.map_or(Ok(true), |known| known.seen(folder, file).map(|seen| seen.is_some_and(is_so)))? {
        return Ok(());
    }
    let Tried::Held(_lock) = lock::take(folder, file)? else { return Ok(()) };
    let (key, there) = (folder.key(file)?, folder.key(&Beside::Torrent.of(file))?);
    let Some(mut known) = known()?.filter(|known| Some(known.key) == key) else {
        return Ok(()); // it is another image meanwhile
    };
    let right = known::torrent(folder, file)?.filter(|torrent| known.is_of(torrent, file));
    let Some(mut torrent) = right else {
        known.torrent = None; // nor is it published, until it is read again
        return known.write(folder, file);
    };
    known.torrent = seen(there, &torrent);
    if !settings.is_announced_by(&torrent.announce) {
        torrent.announce = settings.announce().into_bytes();
        let now = jiff::Timestamp::now().as_second();
        folder.write(&Beside::Torrent.of(file), &Beside::Aside.of(file), &torrent.write(now))?;
        known.torrent = seen(folder.key(&Beside::Torrent.of(file))?, &torrent);
    }
    known.write(folder, file)
}

/// Notes a torrent that is right.
fn seen(key: Option<Key>, torrent: &Metainfo) -> Option<Seen> {
    key.map(|key| Seen { key, announce: String::from_utf8_lossy(&torrent.announce).into_owned() })
}

/// Takes sums and torrent away, the torrent first.
pub(crate) fn withdraw(folder: &Folder, file: &OsStr) -> io::Result<()> {
    [Beside::Torrent, Beside::FullSum, Beside::Sum]
        .into_iter()
        .try_for_each(|one| folder.remove(&one.of(file)))
}

/// What it means that reading an image broke.
pub(crate) fn broke(what: &str, broke: Broke) -> RepositoryError {
    match broke {
        Broke::Reading(source) => RepositoryError::disk(format!("read {what}"), source),
        Broke::Writing(source) => RepositoryError::disk(format!("write the copy of {what}"), source),
        Broke::Length => changed(what),
        Broke::Stopped => RepositoryError::Stopped,
    }
}

/// Somebody wrote it while it was read.
pub(crate) fn changed(what: &str) -> RepositoryError {
    RepositoryError::refused(
        imaging::OpenGnsysError::Locked,
        format!("{what} changed while it was read: try again when nobody writes it"),
    )
}
