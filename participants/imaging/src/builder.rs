//! What turns a kickstart into an image.

use std::error::Error;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::{Arch, ImageId, ImageName, ImageType, Watch};

/// Everything a builder has to know.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// The job, for messages.
    pub image_id: ImageId,
    /// What the files are called.
    pub name: ImageName,
    /// The form of the image.
    pub image_type: ImageType,
    /// The processor it is for.
    pub arch: Arch,
    /// The kickstart; its tokens are not replaced yet.
    pub kickstart: String,
    /// The lines of it that its author does not know, counted from 1; messages count without them.
    pub added_lines: Vec<usize>,
    /// What `@KEY@` stands for.
    pub tokens: Vec<(String, String)>,
    /// Options as the person gave them, in the builder's own language.
    pub extra_opts: Vec<String>,
    /// A program of whoever runs this machine, by its absolute path: run when the image is made, before anybody sees it.
    pub post_creation: Option<PathBuf>,
    /// An existing empty folder for the results; the builder may make a working folder inside, and removes it.
    pub folder: PathBuf,
    /// The log, open for appending lines; it lies in `folder`.
    pub log: PathBuf,
}

/// What came of a build that ran.
#[derive(Clone, Debug, PartialEq)]
pub enum Build {
    /// The image is in the folder.
    Made(Made),
    /// There is none, and a person can do something about it; the sentence says what.
    Failed {
        /// One sentence, as `no package matches qt-qmlviewer (line 41)`.
        reason: String,
    },
    /// It was asked to stop and did.
    Stopped,
}

/// A finished image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    /// The image itself, relative to the folder of the request.
    pub image_file: PathBuf,
    /// What a person should know, as kickstart lines that had no effect.
    pub warnings: Vec<String>,
}

/// Why nobody can say what became of a build: the machine, or the builder's own set-up, is broken.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}")]
pub struct BuilderError {
    /// What was being done, as `start dnf`.
    pub doing: String,
    /// What came of it.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl BuilderError {
    /// Makes the error for something that broke while `doing`.
    pub fn new(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> BuilderError {
        BuilderError { doing: doing.into(), source: source.into() }
    }
}

/// Something that makes images.
///
/// A build leaves nothing outside the folder of its request, whatever ends it; after a `kill -9` of this program
/// that folder, and nothing else, may hold remains.
#[async_trait]
pub trait ImageBuilder: Send + Sync {
    /// Makes the image; a build that ran and failed is `Ok(Build::Failed)`.
    async fn build(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Build, BuilderError>;

    /// Removes a folder with all that a build of this builder left in it, files of other owners included.
    async fn sweep(&self, folder: &Path) -> Result<(), BuilderError>;
}
