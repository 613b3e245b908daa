//! What [`verify`](crate::verify()) found.

use crate::Image;

/// What came of reading a whole image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What the image is.
    pub image: Image,
    /// What there is to hold it against, from the outside to the inside.
    pub layers: Vec<Layer>,
    /// How far it was read.
    pub read: Place,
    /// Where it broke first.
    pub fault: Option<Fault>,
}

impl Report {
    /// Whether nothing is wrong with it, as far as its checksums go.
    pub fn whole(&self) -> bool {
        self.fault.is_none()
    }
}

/// Checksums of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Whose they are: `gzip`, `blocks`.
    pub name: &'static str,
    /// What they are; none where there are none.
    pub checksum: Option<&'static str>,
    /// Which bytes they are about, and which not.
    pub covers: &'static str,
    /// How many were right. The compressor's count as one, when all are.
    pub held: u64,
}

/// A place in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many bytes of the file were read by then.
    pub file: u64,
    /// The byte of the image, unpacked.
    pub image: u64,
}

/// What is wrong with an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broken at byte {} of the image, read up to byte {} of the file: {why}", at.image, at.file)]
pub struct Fault {
    /// Where it is.
    pub at: Place,
    /// What it is, as a sentence.
    pub why: String,
}

impl Fault {
    /// The number OpenGnsys has for this: 5, no valid image.
    pub const OPENGNSYS: u8 = 5;
}
