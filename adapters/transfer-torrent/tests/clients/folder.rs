//! A stand-in for a repository: a folder whose torrents are published, as they were when they were put there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use imaging::{ImagePath, InfoHash, PublishedTorrent};
use metainfo::Metainfo;
use transfer_torrent::Published;

use crate::programs;

/// A folder with images.
#[derive(Clone)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    published: Arc<Mutex<Vec<PublishedTorrent>>>,
}

#[async_trait]
impl Published for Folder {
    async fn published(&self) -> Result<Vec<PublishedTorrent>, String> {
        Ok(self.published.lock().unwrap().clone())
    }
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Folder {
        std::fs::create_dir_all(&path).unwrap();
        Folder { path, published: Arc::default() }
    }

    /// Puts an image in place, with the torrent that ctorrent makes of it, and publishes it.
    pub(crate) fn put(&self, name: &str, bytes: &[u8], tracker: &str) -> InfoHash {
        std::fs::create_dir_all(self.path.join(name).parent().unwrap()).unwrap();
        let new = self.path.join("new.tmp");
        std::fs::write(&new, bytes).unwrap();
        std::fs::rename(&new, self.path.join(name)).unwrap();
        let torrent = programs::torrent_of(&self.path.join(name), tracker);
        self.publish(name, &torrent)
    }

    /// Publishes an image with some torrent, right or wrong.
    pub(crate) fn publish(&self, name: &str, torrent: &[u8]) -> InfoHash {
        let file = self.path.join(name);
        std::fs::write(self.torrent(name), torrent).unwrap();
        let Metainfo { info_hash, .. } = Metainfo::parse(torrent).unwrap();
        let length = std::fs::metadata(&file).unwrap().len();
        let image = ImagePath::new(name).unwrap();
        let torrent = PublishedTorrent { image, info_hash, torrent: self.torrent(name), file, length };
        let mut published = self.published.lock().unwrap();
        published.retain(|other| other.file != torrent.file);
        published.push(torrent);
        info_hash
    }

    /// Where the torrent of an image is.
    pub(crate) fn torrent(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.torrent"))
    }

    /// Takes an image away.
    pub(crate) fn remove(&self, name: &str) {
        let file = self.path.join(name);
        self.published.lock().unwrap().retain(|torrent| torrent.file != file);
        std::fs::remove_file(file).unwrap();
    }

    /// Returns all that is in it, with its bytes.
    pub(crate) fn all(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        walk(&self.path, &mut found);
        found.sort();
        found
    }
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
}

/// Returns bytes that no part of repeats.
pub(crate) fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed * 2 + 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
