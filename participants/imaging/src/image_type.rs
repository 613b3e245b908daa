//! The kinds of image a person can ask for.

use crate::NotAWord;

/// What form the finished image has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImageType {
    /// The files: a folder, or an archive of it.
    Fs,
    /// A disk with a partition table, ready to be written to a medium.
    Raw,
    /// One file system image a partition.
    Loop,
    /// A live system on CD.
    Livecd,
    /// A live system on a USB stick.
    Liveusb,
    /// Flash memory (mic only).
    Nand,
    /// Flash memory of Moorestown devices (mic only).
    Mrstnand,
    /// A disk for VirtualBox.
    Vdi,
    /// A disk for VMware.
    Vmdk,
    /// A disk for Hyper-V and Virtual PC.
    Vhd,
    /// A disk for QEMU.
    Qcow2,
}

impl ImageType {
    /// All of them, in the order of the documentation.
    pub const ALL: [ImageType; 11] = [
        ImageType::Fs,
        ImageType::Raw,
        ImageType::Loop,
        ImageType::Livecd,
        ImageType::Liveusb,
        ImageType::Nand,
        ImageType::Mrstnand,
        ImageType::Vdi,
        ImageType::Vmdk,
        ImageType::Vhd,
        ImageType::Qcow2,
    ];

    /// Returns the word used in workitems and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            ImageType::Fs => "fs",
            ImageType::Raw => "raw",
            ImageType::Loop => "loop",
            ImageType::Livecd => "livecd",
            ImageType::Liveusb => "liveusb",
            ImageType::Nand => "nand",
            ImageType::Mrstnand => "mrstnand",
            ImageType::Vdi => "vdi",
            ImageType::Vmdk => "vmdk",
            ImageType::Vhd => "vhd",
            ImageType::Qcow2 => "qcow2",
        }
    }
}

impl std::str::FromStr for ImageType {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<ImageType, NotAWord> {
        ImageType::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = ImageType::ALL.iter().map(|kind| kind.as_str()).collect();
            NotAWord(format!("no image type `{text}`; there are {}", known.join(", ")))
        })
    }
}

impl std::fmt::Display for ImageType {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}
