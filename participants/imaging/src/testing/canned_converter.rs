//! A converter that has its answer ready, and the suite of all that convert.

use std::fs;
use std::path::{Component, Path, PathBuf};

use async_trait::async_trait;

use super::Unwatched;
use super::names::names;
use crate::{BuilderError, Conversion, Converted, DiskConverter, Step, VirtualDisk, Watch};

/// Answers every conversion the same way.
#[derive(Clone, Debug)]
pub enum CannedConverter {
    /// Renames the disk below this folder.
    Makes(PathBuf),
    /// Fails for this reason.
    Fails(String),
    /// Its machine is broken.
    Broken,
    /// Waits until it is asked to stop.
    Waits,
}

#[async_trait]
impl DiskConverter for CannedConverter {
    async fn convert(&self, conversion: &Conversion, watch: &dyn Watch) -> Result<Converted, BuilderError> {
        watch.step(&Step { name: "canned".into(), done_of: None });
        match self {
            CannedConverter::Makes(folder) => {
                let inside = conversion.image.file_name().is_some()
                    && conversion.image.components().all(|part| matches!(part, Component::Normal(_)));
                if !inside {
                    return Ok(Converted::Failed(format!("{} leads elsewhere", conversion.image.display())));
                }
                let made = conversion.image.with_extension(conversion.form.ending());
                let (from, to) = (folder.join(&conversion.image), folder.join(&made));
                let real = |path: &Path| fs::canonicalize(path).ok();
                let is_itself = real(&from) == real(folder).map(|folder| folder.join(&conversion.image));
                match fs::symlink_metadata(&from) {
                    Ok(about) if about.is_file() && is_itself => {
                        fs::rename(from, to).map_err(|error| BuilderError::new("rename the disk", error))?;
                        Ok(Converted::Made(made))
                    }
                    _ if to.exists() => Ok(Converted::Made(made)),
                    _ => Ok(Converted::Failed(format!("there is no {}", conversion.image.display()))),
                }
            }
            CannedConverter::Fails(reason) => Ok(Converted::Failed(reason.clone())),
            CannedConverter::Broken => Err(BuilderError::new("convert the disk", "no such program")),
            CannedConverter::Waits => {
                watch.stop().cancelled().await;
                Ok(Converted::Stopped)
            }
        }
    }
}

/// Runs the promises of [`DiskConverter`] against one that converts what is below `folder`, in which the file `a/b/disk.raw`
/// is a disk of a few megabytes, the link `a/link` leads to `b`, and nothing else is.
///
/// # Panics
/// When a promise is broken.
pub async fn disk_converter_keeps_its_promises(converter: &dyn DiskConverter, folder: &Path) {
    let conversion = |image: &str| Conversion { image: image.into(), form: VirtualDisk::Vdi };
    let absolute = folder.join("a/b/disk.raw");
    let absolute = absolute.to_str().expect("a path of a test");
    for missing in ["a/b/other.raw", "a/link/disk.raw", "a/b", "a/b/../b/disk.raw", absolute, ""] {
        let answer = converter.convert(&conversion(missing), &Unwatched).await;
        assert!(matches!(answer, Ok(Converted::Failed(_))), "{missing:?}: {answer:?}");
    }
    assert_eq!(names(&folder.join("a/b")), ["disk.raw"], "nothing was left or removed");
    for _ in 0..2 {
        let made = converter.convert(&conversion("a/b/disk.raw"), &Unwatched).await.expect("it is a disk");
        let Converted::Made(made) = made else { panic!("it is a disk: {made:?}") };
        assert_eq!(made.parent(), Some(Path::new("a/b")), "beside where the raw one was");
        let name = made.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        assert_eq!(names(&folder.join("a/b")), [name], "the raw one is gone, and nothing is left");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fake_keeps_the_promises() {
        let top = std::env::temp_dir().join(format!("img-canned-converter-{}", std::process::id()));
        fs::create_dir_all(top.join("a/b")).unwrap();
        fs::write(top.join("a/b/disk.raw"), "disk").unwrap();
        std::os::unix::fs::symlink("b", top.join("a/link")).unwrap();
        disk_converter_keeps_its_promises(&CannedConverter::Makes(top.clone()), &top).await;
        fs::remove_dir_all(top).unwrap();
    }
}
