//! The files of a job.

use std::io;
use std::time::Duration;

use async_trait::async_trait;

use crate::ImageId;

/// One file of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFile {
    /// Its path below the folder of the job, its folders joined by `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, in milliseconds since 1970.
    pub changed_ms: i64,
}

/// What is in the folder of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderContents {
    /// Its files, sorted by path; at most [`FolderContents::MOST`].
    pub files: Vec<JobFile>,
    /// How many files there are, links included.
    pub count: u64,
    /// How many bytes they have together.
    pub bytes: u64,
}

impl FolderContents {
    /// How many files are told by name.
    pub const MOST: usize = 10_000;
}

/// What the files of jobs take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// How many bytes the file system they are on has; 0 when there is no folder for them yet.
    pub size: u64,
    /// How many of those are free for this program.
    pub free: u64,
    /// What each folder layer takes, the most first.
    pub layers: Vec<LayerUse>,
    /// Whether there was time to look at everything.
    pub is_whole: bool,
}

/// What the jobs of one folder layer take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerUse {
    /// The layer, as in [`NewJob::prefix`](crate::NewJob).
    pub prefix: String,
    /// How many folders of jobs it has, those that are being made included.
    pub jobs: u64,
    /// How many bytes they take on the disk: a hole in a file takes none.
    pub bytes: u64,
}

/// The files of jobs on this machine. Whatever stands in their folders, nothing outside them is read or removed: no
/// path and no link leads out.
#[async_trait]
pub trait JobFiles: Send + Sync {
    /// Returns what is in the folder of a job; empty when there is none.
    async fn contents(&self, prefix: &str, image_id: &ImageId) -> io::Result<FolderContents>;

    /// Returns how many files killed builds of a job left beside its folder, and how many bytes they have: they go with the
    /// job. Whoever lists files need not ask.
    async fn left(&self, prefix: &str, image_id: &ImageId) -> io::Result<(u64, u64)>;

    /// Returns what all jobs take, as far as that is found out within `patience`.
    async fn disk_use(&self, patience: Duration) -> io::Result<DiskUse>;

    /// Opens a file of a job for reading. A link is never followed.
    async fn open(&self, prefix: &str, image_id: &ImageId, path: &str) -> io::Result<std::fs::File>;

    /// Opens the log of a job for reading: `file` in its folder, or in the one it is being made in, which is called
    /// `ID.partial-` and more.
    async fn open_log(
        &self,
        prefix: &str,
        image_id: &ImageId,
        folder: &str,
        file: &str,
    ) -> io::Result<std::fs::File>;

    /// Removes the folder of a job; nothing is wrong when there is none.
    async fn remove(&self, prefix: &str, image_id: &ImageId) -> io::Result<()>;
}
