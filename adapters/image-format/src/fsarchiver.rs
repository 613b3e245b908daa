//! The first headers of an archive of fsarchiver: as far as the one that names the file system.

use crate::FileSystem;
use crate::bytes::{at, le16, le32, text};

const MAGIC: &[u8] = b"FsA0";
/// Magic, archive, file system, length of what follows.
const HEADER: usize = 14;
/// The headers that count are all within so many bytes.
pub(crate) const HEAD: usize = 8192;
/// More than any archive has before the one that is looked for.
const MOST_HEADERS: usize = 16;

pub(crate) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// What the archive says its first file system was; none when it is one of loose files.
pub(crate) fn filesystem(head: &[u8]) -> Option<FileSystem> {
    let mut start = 0;
    for _ in 0..MOST_HEADERS {
        let magic = at(head, start, 4)?;
        let len = le32(head, start + 10)? as usize;
        let body = at(head, start + HEADER, len)?;
        if magic == b"FsIn" {
            return named(body);
        }
        start += HEADER + len + 4; // its checksum
    }
    None
}

/// The text with the number 1, among fields of type, section, number, length and value.
fn named(body: &[u8]) -> Option<FileSystem> {
    let mut start = 2;
    for _ in 0..le16(body, 0)? {
        let (key, len) = (le16(body, start + 2)?, usize::from(le16(body, start + 4)?));
        let value = at(body, start + 6, len)?;
        if key == 1 {
            return FileSystem::named(&text(value));
        }
        start += 6 + len;
    }
    None
}
