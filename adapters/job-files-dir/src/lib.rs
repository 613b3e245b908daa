//! The files of jobs, below one folder that nobody gets out of.
//!
//! What stands in the folder of a job was written by a build, and so by whoever wrote its kickstart: links, odd names,
//! trees without end. The kernel itself keeps every path below the folder it starts from and follows no link, also
//! when files are exchanged meanwhile.

mod layers;
mod left;
mod tree;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use imaging::{DiskUse, FolderContents, ImageId, JobFiles};

/// The files of jobs, in `base_dir/PREFIX/ID`.
#[derive(Clone, Debug)]
pub struct JobFilesDir {
    base_dir: PathBuf,
}

impl JobFilesDir {
    /// Looks below this folder, which need not be there yet.
    pub fn new(base_dir: PathBuf) -> JobFilesDir {
        JobFilesDir { base_dir }
    }

    /// Does something with the folder of a job; `None` when there is no such folder.
    async fn within<T: Send + 'static>(
        &self,
        prefix: &str,
        image_id: &ImageId,
        work: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> io::Result<Option<T>> {
        self.folder(Path::new(prefix).join(image_id.as_str()), work).await
    }

    /// Does something with a folder below the base on a thread that may wait; `None` when there is no such folder.
    async fn folder<T: Send + 'static>(
        &self,
        folder: PathBuf,
        work: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> io::Result<Option<T>> {
        let base = self.base_dir.clone();
        let work = move || match beneath::base(&base).and_then(|base| beneath::folder(&base, &folder)) {
            Ok(folder) => work(&folder).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
    }
}

#[async_trait]
impl JobFiles for JobFilesDir {
    async fn contents(&self, prefix: &str, image_id: &ImageId) -> io::Result<FolderContents> {
        match self.within(prefix, image_id, tree::contents).await {
            Err(error) if beneath::leads_nowhere(&error) => Ok(FolderContents::default()),
            contents => Ok(contents?.unwrap_or_default()),
        }
    }

    async fn left(&self, prefix: &str, image_id: &ImageId) -> io::Result<(u64, u64)> {
        let id = image_id.clone();
        match self.folder(PathBuf::from(prefix), move |above| left::contents(above, &id)).await {
            Err(error) if beneath::leads_nowhere(&error) => Ok((0, 0)),
            left => Ok(left?.unwrap_or_default()),
        }
    }

    async fn disk_use(&self, patience: Duration) -> io::Result<DiskUse> {
        let (base, until) = (self.base_dir.clone(), Instant::now() + patience);
        let work = move || match beneath::base(&base) {
            Ok(base) => layers::disk_use(&base, until),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(DiskUse { is_whole: true, ..DiskUse::default() })
            }
            Err(error) => Err(error),
        };
        tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
    }

    async fn open(&self, prefix: &str, image_id: &ImageId, path: &str) -> io::Result<File> {
        let path = PathBuf::from(path);
        let file = self.within(prefix, image_id, move |folder| beneath::file(folder, &path)).await;
        file.map_err(hidden)?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    async fn open_log(&self, prefix: &str, image_id: &ImageId, folder: &str, file: &str) -> io::Result<File> {
        let id = image_id.as_str();
        let is_of_job =
            folder == id || folder.strip_prefix(id).is_some_and(|rest| rest.starts_with(".partial-"));
        if !is_of_job || folder.contains('/') {
            return Err(io::ErrorKind::NotFound.into());
        }
        let file = PathBuf::from(file);
        let opened =
            self.folder(Path::new(prefix).join(folder), move |folder| beneath::file(folder, &file)).await;
        opened.map_err(hidden)?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    async fn remove(&self, prefix: &str, image_id: &ImageId) -> io::Result<()> {
        match self.folder(PathBuf::from(prefix), File::try_clone).await? {
            Some(above) => {
                tree::remove(&above, image_id.as_str()).await?;
                left::remove(above, image_id).await
            }
            None => Ok(()),
        }
    }
}

/// Says of what is behind a link that it is not there.
fn hidden(error: io::Error) -> io::Error {
    if beneath::leads_nowhere(&error) { io::ErrorKind::NotFound.into() } else { error }
}
