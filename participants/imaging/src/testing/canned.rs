//! A builder that has its answer ready.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{Build, BuildRequest, BuilderError, ImageBuilder, Made, Step, Watch};

/// Answers every build the same way; a made image is a small file.
#[derive(Clone, Debug)]
pub enum Canned {
    /// Makes a file `NAME.TYPE` that holds the kickstart.
    Makes,
    /// Fails for this reason.
    Fails(String),
    /// Its machine is broken, so that nobody can say what became of the build.
    Broken,
    /// Waits until it is asked to stop.
    Waits,
}

#[async_trait]
impl ImageBuilder for Canned {
    async fn build(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Build, BuilderError> {
        watch.step(&Step { name: "canned".into(), done_of: Some((1, 1)) });
        match self {
            Canned::Makes => {
                let image_file = PathBuf::from(format!("{}.{}", request.name, request.image_type));
                std::fs::write(request.folder.join(&image_file), &request.kickstart)
                    .map_err(|error| BuilderError::new("write the image", error))?;
                Ok(Build::Made(Made { image_file, warnings: Vec::new() }))
            }
            Canned::Fails(reason) => Ok(Build::Failed { reason: reason.clone() }),
            Canned::Broken => Err(BuilderError::new("start the builder", "no such program")),
            Canned::Waits => {
                watch.stop().cancelled().await;
                Ok(Build::Stopped)
            }
        }
    }

    async fn sweep(&self, folder: &Path) -> Result<(), BuilderError> {
        std::fs::remove_dir_all(folder).map_err(|error| BuilderError::new("remove the folder", error))
    }
}

/// Nobody watches, and nobody stops it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn step(&self, _step: &Step) {}

    fn stop(&self) -> CancellationToken {
        CancellationToken::new()
    }
}
