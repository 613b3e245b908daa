//! Where a file of an image is.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use tokio_util::sync::CancellationToken;

use crate::Claim;

/// A file of an image by its place: whether it is there, and whether it is a file, shows when it is opened.
#[derive(Debug)]
pub struct Spot {
    /// The folder that all images are below.
    pub base: File,
    /// The folder it is in, as a path below that one.
    pub above: PathBuf,
    /// That folder.
    pub folder: File,
    /// What it is called there.
    pub name: String,
}

impl Spot {
    /// Finds the place of a file below `base_dir`; none where the path leads elsewhere or nowhere. No link is followed.
    pub fn of(base_dir: &Path, file: &Path) -> io::Result<Option<Spot>> {
        let base = beneath::base(base_dir)?;
        let is_inside = file.components().all(|part| matches!(part, Component::Normal(_)));
        let name = file.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let (true, Some(above), Some(name)) = (is_inside, file.parent().map(Path::to_owned), name) else {
            return Ok(None);
        };
        match beneath::folder(&base, &above) {
            Ok(folder) => Ok(Some(Spot { base, above, folder, name })),
            Err(_) => Ok(None),
        }
    }

    /// Opens the file; none where there is no such file.
    pub fn file(&self) -> Option<File> {
        beneath::file(&self.folder, Path::new(&self.name)).ok()
    }

    /// Waits until no other program works in the folder; none when `stop` comes first.
    pub async fn claim(&self, stop: &CancellationToken) -> io::Result<Option<Claim>> {
        Claim::wait(&self.base, &self.above, stop).await
    }
}
