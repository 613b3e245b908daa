//! An image that is published, opened.

use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use imaging::{InfoHash, PublishedTorrent};
use metainfo::Metainfo;

use super::sample;

/// Longer torrent files are nobody's: this one is of an image of 26 TB.
const LONGEST: u64 = 128 << 20;

/// An image, and the torrent that is about it.
#[derive(Debug)]
pub(super) struct Image {
    /// What people call it.
    pub(super) name: String,
    pub(super) torrent: Vec<u8>,
    pub(super) info_hash: InfoHash,
    /// How many pieces it has.
    pub(super) pieces: usize,
    pub(super) file: Arc<File>,
    /// In which state it was before it was opened.
    pub(super) stamp: Stamp,
}

impl Image {
    /// Opens an image below its repository, following no link, and holds it against its torrent.
    pub(super) fn open(published: &PublishedTorrent) -> Result<Image, String> {
        let (path, stamp) = (published.image.as_path(), Stamp::of(published));
        let root = root(&published.file, path).ok_or("it does not lie in its repository")?;
        let base = beneath::base(root).map_err(|error| format!("{}: {error}", root.display()))?;
        let of_torrent =
            published.torrent.strip_prefix(root).map_err(|_| "its torrent does not lie in its repository")?;
        let open = |path: &Path| {
            beneath::file(&base, path)
                .map_err(|error| format!("{} cannot be opened: {error}", path.display()))
        };
        let torrent = read(open(of_torrent)?).map_err(|why| format!("{}: {why}", of_torrent.display()))?;
        let file = open(path)?;
        let metadata = file.metadata().map_err(|error| error.to_string())?;
        let metainfo = Metainfo::parse(&torrent).map_err(|error| error.to_string())?;
        metainfo
            .is_of(published.image.file_name().as_bytes(), metadata.len(), published.info_hash)
            .map_err(|error| error.to_string())?;
        if !sample::fits(&file, &metainfo).map_err(|error| format!("it cannot be read: {error}"))? {
            return Err("it is another file than the one its torrent was made of".into());
        }
        Ok(Image {
            name: published.image.to_string(),
            torrent,
            info_hash: metainfo.info_hash,
            pieces: metainfo.pieces.len() / 20,
            file: Arc::new(file),
            stamp,
        })
    }
}

/// In which state the files of an image are, as far as that is seen without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp([Option<[i128; 5]>; 2]);

impl Stamp {
    pub(super) fn of(published: &PublishedTorrent) -> Stamp {
        Stamp([&published.file, &published.torrent].map(|path| {
            let there = std::fs::symlink_metadata(path).ok()?;
            let [dev, ino, size] = [there.dev(), there.ino(), there.size()].map(i128::from);
            Some([dev, ino, size, there.mtime().into(), there.mtime_nsec().into()])
        }))
    }
}

/// Returns the folder of the repository: the path of a file without that of the image in it.
fn root<'a>(file: &'a Path, image: &Path) -> Option<&'a Path> {
    file.ends_with(image).then(|| file.ancestors().nth(image.components().count()))?
}

fn read(file: File) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LONGEST { Err("it is too long for a torrent".into()) } else { Ok(bytes) }
}
