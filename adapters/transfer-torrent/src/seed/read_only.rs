//! What librqbit is given instead of a folder: one open file that nobody writes.

use std::any::TypeId;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use librqbit::storage::filesystem::FilesystemStorageFactory;
use librqbit::storage::{BoxStorageFactory, StorageFactory, StorageFactoryExt, TorrentStorage};
use librqbit::{ManagedTorrentShared, TorrentMetadata};

/// One open file.
#[derive(Clone, Debug)]
pub(super) struct ReadOnly(pub(super) Arc<File>);

impl StorageFactory for ReadOnly {
    type Storage = ReadOnly;

    fn create(&self, _: &ManagedTorrentShared, _: &TorrentMetadata) -> Result<ReadOnly> {
        Ok(self.clone())
    }

    /// librqbit takes notes of its own storage alone; the ones there are ([`Notes`](super::notes::Notes)) are as good of this.
    fn is_type_id(&self, type_id: TypeId) -> bool {
        type_id == TypeId::of::<FilesystemStorageFactory>()
    }

    fn clone_box(&self) -> BoxStorageFactory {
        self.clone().boxed()
    }
}

impl TorrentStorage for ReadOnly {
    fn init(&mut self, _: &ManagedTorrentShared, _: &TorrentMetadata) -> Result<()> {
        Ok(())
    }

    fn pread_exact(&self, file: usize, offset: u64, buffer: &mut [u8]) -> Result<()> {
        if file != 0 {
            bail!("an image is one file");
        }
        Ok(self.0.read_exact_at(buffer, offset)?)
    }

    fn pwrite_all(&self, _: usize, _: u64, _: &[u8]) -> Result<()> {
        bail!("images are only read")
    }

    fn remove_file(&self, _: usize, _: &Path) -> Result<()> {
        bail!("images are only read")
    }

    fn remove_directory_if_empty(&self, _: &Path) -> Result<()> {
        bail!("images are only read")
    }

    fn ensure_file_length(&self, _: usize, length: u64) -> Result<()> {
        if self.0.metadata()?.len() != length {
            bail!("the image has changed");
        }
        Ok(())
    }

    fn take(&self) -> Result<Box<dyn TorrentStorage>> {
        Ok(Box::new(self.clone()))
    }
}
