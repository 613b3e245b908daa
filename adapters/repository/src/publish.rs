//! Sums and torrent of an image that was read, put beside it.

use std::ffi::OsStr;
use std::io;

use imaging::{RepositoryError, Sums};

use crate::Settings;
use crate::beside::Beside;
use crate::folder::{Folder, Key};
use crate::known::{self, Known};
use crate::one_read::{Broke, WasRead};
use crate::recognise::Checked;
use crate::torrent::Torrent;

/// Publishes an image under its final name; whoever calls it holds its lock. What is there and right stays as it is.
pub(crate) fn publish(
    folder: &Folder,
    file: &OsStr,
    key: Key,
    was: WasRead,
    checked: &Checked,
    client_name: &str,
    settings: &Settings,
) -> io::Result<()> {
    let Sums { tail_md5, full_md5 } = &was.sums;
    let torrent = Torrent::new(file, was.length, was.pieces, &settings.announce(), full_md5);
    let known = Known {
        key,
        info_hash: torrent.info_hash.to_string(),
        recognised: checked.recognised.clone(),
        client_name: client_name.to_owned(),
        refused: None,
        sums: was.sums.clone(),
    };
    let aside = Beside::Aside.of(file);
    for (beside, sum) in [(Beside::Sum, tail_md5), (Beside::FullSum, full_md5)] {
        let name = beside.of(file);
        if known::sum(folder, &name)?.as_ref() != Some(sum) {
            folder.write(&name, &aside, format!("{sum}\n").as_bytes())?;
        }
    }
    let old = known::torrent(folder, file)?;
    let keeps = |old: &Torrent| known.is_of(old, file) && settings.is_announced_by(&old.announce);
    if !old.as_ref().is_some_and(keeps) {
        let now = jiff::Timestamp::now().as_second();
        folder.write(&Beside::Torrent.of(file), &aside, &torrent.write(now))?;
    }
    known.write(folder, file)?;
    folder.sync()
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
    };
    known.write(folder, file)
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
