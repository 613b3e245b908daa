//! What turns the raw disk of an image into one of a virtual machine.

use std::path::PathBuf;

use async_trait::async_trait;

use crate::{BuilderError, VirtualDisk, Watch};

/// What is to be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The raw disk, packed or not; relative to the folder of all images, which it does not leave.
    pub image: PathBuf,
    /// What it becomes.
    pub form: VirtualDisk,
}

/// What came of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Converted {
    /// The disk is there, beside where the raw one was, which is gone; relative to the folder of all images.
    Made(PathBuf),
    /// It is not, the raw one is where it was, and a person can do something about it; the sentence says what.
    Failed(String),
    /// It was asked to stop and did.
    Stopped,
}

/// Something that converts disks.
///
/// The new disk gets its name when it is complete and safe on its medium; only then the raw one is removed. Whatever ends
/// a conversion, the same again finishes it: one that finds the new disk and no raw one has nothing to do. What stands
/// beside the images is hostile: no link is followed.
#[async_trait]
pub trait DiskConverter: Send + Sync {
    /// Converts a disk; one that cannot be converted is `Ok(Converted::Failed)`.
    async fn convert(&self, conversion: &Conversion, watch: &dyn Watch) -> Result<Converted, BuilderError>;
}
