//! What we know of an image, and which state of its file we know it of.
//!
//! It lies beside the image in a hidden file. A file that was replaced by another of the same size has another inode or
//! time, so nothing that is told of it is about another.

use std::ffi::OsStr;
use std::io;

use imaging::{InfoHash, Recognised, Sums};
use metainfo::Metainfo;

use crate::beside::Beside;
use crate::folder::{Folder, Key};

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Known {
    pub(crate) key: Key,
    pub(crate) sums: Sums,
    /// In digits.
    pub(crate) info_hash: String,
    pub(crate) recognised: Option<Recognised>,
    #[serde(default)]
    pub(crate) client_name: String,
    /// Why it is not published.
    #[serde(default)]
    pub(crate) refused: Option<String>,
    /// The torrent beside it that was read, and is of the file.
    #[serde(default)]
    pub(crate) torrent: Option<Seen>,
}

/// A torrent that need not be read again while its file is as it is: that of a large image is half a megabyte.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Seen {
    pub(crate) key: Key,
    /// The tracker it names.
    pub(crate) announce: String,
}

/// No such file is larger.
const LARGEST: u64 = 64 << 10;

impl Known {
    /// Reads what is known of a file as it is; none when that is of another state of it.
    pub(crate) fn of(folder: &Folder, image: &OsStr, key: Key) -> io::Result<Option<Known>> {
        Ok(Known::read(folder, &Beside::Known.of(image))?.filter(|known| known.key == key))
    }

    /// Reads one; one that cannot be understood is none.
    pub(crate) fn read(folder: &Folder, file: &OsStr) -> io::Result<Option<Known>> {
        let bytes = folder.read(file, LARGEST)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(crate) fn write(&self, folder: &Folder, image: &OsStr) -> io::Result<()> {
        folder.write(&Beside::Known.of(image), &Beside::Aside.of(image), &self.text())
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers")
    }

    pub(crate) fn info_hash(&self) -> Option<InfoHash> {
        let digits = self.info_hash.as_bytes();
        let mut hash = [0; 20];
        for (byte, two) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()?;
        }
        (digits.len() == 40).then_some(InfoHash(hash))
    }

    /// Whether sums and torrent are there, and are those of the file.
    pub(crate) fn is_published(&self, folder: &Folder, image: &OsStr) -> io::Result<bool> {
        let Sums { tail_md5, full_md5 } = &self.sums;
        Ok(self.refused.is_none()
            && sum(folder, &Beside::Sum.of(image))?.as_ref() == Some(tail_md5)
            && sum(folder, &Beside::FullSum.of(image))?.as_ref() == Some(full_md5)
            && (self.seen(folder, image)?.is_some()
                || torrent(folder, image)?.is_some_and(|torrent| self.is_of(&torrent, image))))
    }

    /// The torrent that was read before, while its file is still that one.
    pub(crate) fn seen(&self, folder: &Folder, image: &OsStr) -> io::Result<Option<&Seen>> {
        let now = folder.key(&Beside::Torrent.of(image))?;
        Ok(self.torrent.as_ref().filter(|seen| Some(seen.key) == now))
    }

    /// Whether a torrent is that of the file.
    pub(crate) fn is_of(&self, torrent: &Metainfo, image: &OsStr) -> bool {
        Some(torrent.info_hash) == self.info_hash()
            && torrent.name == image.as_encoded_bytes()
            && torrent.length == self.key.size
            && torrent.comment == self.sums.full_md5.as_bytes()
    }
}

/// Whether an image is published as it is.
pub(crate) fn is_published(folder: &Folder, image: &OsStr) -> io::Result<bool> {
    let Some(key) = folder.key(image)? else { return Ok(false) };
    Known::of(folder, image, key)?.map_or(Ok(false), |known| known.is_published(folder, image))
}

/// The sums that OpenGnsys made of an image which nobody here has read: it takes them for right while the torrent has the
/// name and the size of the image. None where the image was written later.
pub(crate) fn of_opengnsys(folder: &Folder, image: &OsStr) -> io::Result<Option<Sums>> {
    let (Some(key), Some(made)) = (folder.key(image)?, folder.key(&Beside::FullSum.of(image))?) else {
        return Ok(None);
    };
    let (tail_md5, full_md5) =
        (sum(folder, &Beside::Sum.of(image))?, sum(folder, &Beside::FullSum.of(image))?);
    let (Some(tail_md5), Some(full_md5)) = (tail_md5, full_md5) else { return Ok(None) };
    let is_of = |torrent: Metainfo| torrent.name == image.as_encoded_bytes() && torrent.length == key.size;
    let is_right = made.mtime_ns >= key.mtime_ns && torrent(folder, image)?.is_some_and(is_of);
    Ok(is_right.then_some(Sums { tail_md5, full_md5 }))
}

/// Reads a sum: 32 digits, with or without an end of the line.
pub(crate) fn sum(folder: &Folder, file: &OsStr) -> io::Result<Option<String>> {
    let text = folder.read(file, 200)?.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.map(|text| text.trim().to_ascii_lowercase()))
}

/// Reads the torrent of an image.
pub(crate) fn torrent(folder: &Folder, image: &OsStr) -> io::Result<Option<Metainfo>> {
    Ok(folder
        .read(&Beside::Torrent.of(image), metainfo::LARGEST)?
        .and_then(|bytes| Metainfo::parse(&bytes).ok()))
}
