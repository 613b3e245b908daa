//! An image that comes once more, as after a crash before anybody was told that it had arrived.

use std::ffi::OsStr;
use std::io;

use crate::folder::Folder;
use crate::known::Known;
use crate::one_read::{self, Wanted, WasRead};
use crate::reports::Reports;

/// Tells whether a file has these bytes already: what it had before is the backup then, and stays that. A file that nobody
/// remembers is read.
pub(crate) fn is_there(folder: &Folder, file: &OsStr, was: &WasRead, reports: &Reports) -> io::Result<bool> {
    let Some(key) = folder.key(file)?.filter(|key| key.size == was.length) else { return Ok(false) };
    if let Some(known) = Known::of(folder, file, key)? {
        return Ok(known.sums == was.sums);
    }
    let go_on = |done| reports.far("comparing", done, key.size);
    let wanted = Wanted { length: key.size, check: false, copy: None, go_on: &go_on };
    let there = one_read::read(&mut folder.open(file)?, &wanted);
    // one that cannot be read is another
    Ok(there.is_ok_and(|there| there.sums == was.sums) && folder.key(file)? == Some(key))
}
