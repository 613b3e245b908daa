//! Folders that a guest sees.

use std::ffi::{CStr, CString, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::libc;
use qemu::Share;

use crate::words::quote;

/// What qemu notes about a file of a guest.
const NOTES: [&CStr; 4] = [c"user.virtfs.uid", c"user.virtfs.gid", c"user.virtfs.mode", c"user.virtfs.rdev"];

/// Returns what is shared, without what is in another share already.
pub(crate) fn shares(folders: &[PathBuf]) -> Vec<Share> {
    let is_outer = |folder: &Path| !folders.iter().any(|other| other != folder && folder.starts_with(other));
    let outer = folders.iter().filter(|folder| is_outer(folder)).enumerate();
    outer
        .map(|(number, folder)| Share {
            tag: format!("img{number}"),
            folder: folder.clone(),
            read_only: false,
            mapped: true,
        })
        .collect()
}

/// Returns the line by which a guest mounts them, and makes folders of its own.
pub(crate) fn mount(shares: &[Share], own: &[PathBuf]) -> OsString {
    // where no udev has loaded it
    let mut line = b"{ modprobe 9pnet_virtio || true; } 2>/dev/null".to_vec();
    for share in shares {
        line.extend_from_slice(b" && mkdir -p ");
        quote(&mut line, share.folder.as_os_str());
        line.extend_from_slice(b" && mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,access=any ");
        quote(&mut line, share.tag.as_ref());
        line.push(b' ');
        quote(&mut line, share.folder.as_os_str());
    }
    for folder in own {
        line.extend_from_slice(b" && mkdir -p ");
        quote(&mut line, folder.as_os_str());
    }
    OsString::from_vec(line)
}

/// Takes qemu's notes off a file that is to be an ordinary one.
pub(crate) fn forget_notes(file: &Path) {
    let Ok(path) = CString::new(file.as_os_str().as_bytes()) else { return };
    for note in NOTES {
        // SAFETY: both are strings that end, and live during the call. A note that is not there is as good as removed.
        unsafe { libc::lremovexattr(path.as_ptr(), note.as_ptr()) };
    }
}
