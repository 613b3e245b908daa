//! An image that comes once more: after a crash before anybody was told that it had arrived, or in the place of decayed bytes.

use std::ffi::OsStr;
use std::io;

use crate::folder::Folder;
use crate::known::Known;
use crate::one_read::{self, Wanted, WasRead};
use crate::reports::Reports;

/// What a file is to an image that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum There {
    /// None, or another image, which becomes the backup.
    Other,
    /// The same bytes: what it had before is the backup then, and stays that.
    Same,
    /// The same image when it was published, and no more; nobody wants that as the backup.
    Decayed,
}

/// Reads the file, since nothing that was noted of it tells what the disk has made of it.
pub(crate) fn there(folder: &Folder, file: &OsStr, was: &WasRead, reports: &Reports) -> io::Result<There> {
    let Some(key) = folder.key(file)?.filter(|key| key.size == was.length) else { return Ok(There::Other) };
    let known = Known::of(folder, file, key)?;
    if known.as_ref().is_some_and(|known| known.sums != was.sums) {
        return Ok(There::Other);
    }
    let go_on = |done| reports.far("comparing", done, key.size);
    let wanted = Wanted { length: key.size, check: false, copy: None, go_on: &go_on };
    let there = folder.open(file).map(|mut bytes| one_read::read(&mut bytes, &wanted));
    // one that cannot be read is another
    let is_same = matches!(there, Ok(Ok(there)) if there.sums == was.sums);
    Ok(match (is_same && folder.key(file)? == Some(key), known) {
        (true, _) => There::Same,
        (false, Some(_)) => There::Decayed,
        (false, None) => There::Other,
    })
}
