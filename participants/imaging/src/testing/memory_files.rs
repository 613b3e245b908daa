//! Files of jobs that are only names.

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;

use crate::{DiskUse, FolderContents, ImageId, JobFiles};

/// Every job has these files until its folder is removed.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    /// What is in every folder.
    pub contents: FolderContents,
    /// The folders that were removed, as `PREFIX/ID`.
    pub removed: Mutex<Vec<String>>,
}

impl MemoryFiles {
    fn is_removed(&self, folder: &str) -> bool {
        self.removed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .iter()
            .any(|gone| gone == folder)
    }
}

#[async_trait]
impl JobFiles for MemoryFiles {
    async fn contents(&self, prefix: &str, image_id: &ImageId) -> io::Result<FolderContents> {
        let gone = self.is_removed(&format!("{prefix}/{image_id}"));
        Ok(if gone { FolderContents::default() } else { self.contents.clone() })
    }

    async fn left(&self, _prefix: &str, _image_id: &ImageId) -> io::Result<(u64, u64)> {
        Ok((0, 0))
    }

    async fn disk_use(&self, _patience: Duration) -> io::Result<DiskUse> {
        Ok(DiskUse { is_whole: true, ..DiskUse::default() })
    }

    async fn open(&self, _prefix: &str, _image_id: &ImageId, _path: &str) -> io::Result<std::fs::File> {
        Err(io::ErrorKind::NotFound.into())
    }

    async fn open_log(&self, _: &str, _: &ImageId, _: &str, _: &str) -> io::Result<std::fs::File> {
        Err(io::ErrorKind::NotFound.into())
    }

    async fn remove(&self, prefix: &str, image_id: &ImageId) -> io::Result<()> {
        let mut removed = self.removed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        removed.push(format!("{prefix}/{image_id}"));
        Ok(())
    }
}
