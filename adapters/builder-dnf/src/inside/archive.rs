//! Entries as a tar, and back; pure.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;

use tar::{Archive, Builder, EntryType, Header};

use super::{Entry, Kind, plain};

/// Reads what `tar -c` printed; anything but files, links and folders is left out.
pub(super) fn read(bytes: &[u8]) -> io::Result<BTreeMap<PathBuf, Entry>> {
    let mut found = BTreeMap::new();
    for entry in Archive::new(bytes).entries()? {
        let mut entry = entry?;
        let path = plain(&entry.path()?);
        let kind = match entry.header().entry_type() {
            EntryType::Regular => {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                Kind::File(bytes)
            }
            EntryType::Symlink => {
                Kind::Link(entry.link_name()?.map(std::borrow::Cow::into_owned).unwrap_or_default())
            }
            EntryType::Directory => Kind::Folder,
            _ => continue,
        };
        let id = |id: io::Result<u64>| Ok::<_, io::Error>(u32::try_from(id?).unwrap_or(0));
        let header = entry.header();
        let owner = (id(header.uid())?, id(header.gid())?);
        let mode = header.mode()? & 0o7777;
        found.insert(path, Entry { kind, mode, owner });
    }
    Ok(found)
}

/// Writes what `tar -x` reads; everything is of the time `mtime`, in seconds since 1970.
pub(super) fn written(entries: &BTreeMap<PathBuf, Entry>, mtime: u64) -> io::Result<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    for (path, Entry { kind, mode, owner }) in entries {
        let name = path.strip_prefix("/").unwrap_or(path);
        let mut header = Header::new_gnu();
        header.set_mode(*mode);
        header.set_uid(owner.0.into());
        header.set_gid(owner.1.into());
        header.set_mtime(mtime);
        header.set_size(0);
        match kind {
            Kind::File(bytes) => {
                header.set_entry_type(EntryType::Regular);
                header.set_size(bytes.len() as u64);
                archive.append_data(&mut header, name, bytes.as_slice())?;
            }
            Kind::Link(to) => {
                header.set_entry_type(EntryType::Symlink);
                archive.append_link(&mut header, name, to)?;
            }
            Kind::Folder => {
                header.set_entry_type(EntryType::Directory);
                archive.append_data(&mut header, name, io::empty())?;
            }
        }
    }
    archive.into_inner()
}
