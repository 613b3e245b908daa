//! What an image is.

use std::io::{self, Read};

use crate::head::Head;
use crate::source::{Count, Source};
use crate::{Compressor, FileSystem, Refused, Tool, fsarchiver, ntfsclone, partclone, partimage, raw};

/// Of the file no more than this is read to recognise it: a megabyte is plenty, but a hostile one may have no end of parts
/// that unpack to nothing.
const MOST_READ: u64 = 8 << 20;

/// What an image is, as far as its first bytes tell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// What it is packed by.
    pub compressor: Compressor,
    /// What it was made by.
    pub tool: Tool,
    /// The version of the format; none for raw images and archives.
    pub version: Option<String>,
    /// What it holds; none when the tool names a file system that is not known here.
    pub filesystem: Option<FileSystem>,
    /// How many bytes a partition must have to take it; none when the image does not say.
    pub restore_bytes: Option<u64>,
    /// How large the partition was that it was made from, where the tool wrote that down.
    pub device_bytes: Option<u64>,
    /// What stands in the way of restoring it.
    pub obstacle: Option<Obstacle>,
    pub(crate) details: Details,
}

/// Why an image cannot be restored, though it is known what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// It holds files and not blocks.
    #[error("it is an archive of files: restore it by hand, with fsarchiver")]
    Files,
    /// It is a later volume of several.
    #[error("it is volume {0} of an image of partimage: join its volumes, beginning with the one named .000")]
    Volume(u32),
    /// The file is shorter than its header says.
    #[error("the file ends after {have} bytes, the image has {need}: copy it again")]
    Cut {
        /// The length of the file.
        have: u64,
        /// What the header says.
        need: u64,
    },
}

/// A partition is smaller than an image; OpenGnsys's number for that is 30.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the image needs {need} bytes and the partition has {have}: make it larger")]
pub struct TooSmall {
    /// What the image needs.
    pub need: u64,
    /// What the partition has.
    pub have: u64,
}

impl TooSmall {
    /// The number OpenGnsys has for this.
    pub const OPENGNSYS: u8 = 30;
}

impl Image {
    /// Whether it can be put onto a partition.
    pub fn restorable(&self) -> bool {
        self.obstacle.is_none()
    }

    /// Whether a partition of so many bytes takes it. An image that does not say how large it is fits.
    pub fn fits(&self, partition: u64) -> Result<(), TooSmall> {
        match self.restore_bytes {
            Some(need) if need > partition => Err(TooSmall { need, have: partition }),
            _ => Ok(()),
        }
    }
}

/// What the header of each tool says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Details {
    Partclone(partclone::Header),
    Ntfsclone(ntfsclone::Header),
    Partimage(partimage::Header),
    Fsarchiver(Option<FileSystem>),
    Raw(raw::Contents),
}

/// Tells what an image is from its first bytes.
///
/// The stream is read from its beginning and never sought; `length` is that of the whole file where it is known, which
/// tells of an image that is not packed whether it is cut short.
pub fn recognise(file: impl Read, length: Option<u64>) -> Result<Image, Refused> {
    let source = Source::open(file.take(MOST_READ))?;
    identify(source, length)?.0
}

/// What an image is, and its stream for those who want the rest.
pub(crate) type Identified<'a> = (Result<Image, Refused>, Head<Box<dyn Read + 'a>>);

pub(crate) fn identify(source: Source<'_>, length: Option<u64>) -> Result<Identified<'_>, Refused> {
    let (compressor, count) = (source.compressor, source.count.clone());
    let stream = source.unpack().map_err(Refused::Read)?;
    let mut head = Head::new(stream);
    let told = details(&mut head);
    let broke = head.take_error();
    let told = match (told, broke) {
        (Ok(details), broke) => {
            head.put_back(broke);
            let obstacle = obstacle(&details, length.filter(|_| compressor == Compressor::None));
            Ok(image(compressor, &details, obstacle))
        }
        (Err(_), Some(broke)) => Err(unpack_error(compressor, &count, &broke)),
        (Err(refused), None) => Err(refused),
    };
    Ok((told, head))
}

/// An error of the file is told as such, one of the decoder with its place.
pub(crate) fn unpack_error(compressor: Compressor, count: &Count, error: &io::Error) -> Refused {
    if let Some(broke) = count.take_error() {
        return Refused::Read(broke);
    }
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the file ends too early, copy it again".to_owned(),
        _ => error.to_string(),
    };
    Refused::Unpack { compressor, at: count.used(), why }
}

fn details(head: &mut Head<impl Read>) -> Result<Details, Refused> {
    let first = head.first(64);
    if first.is_empty() {
        return Err(Refused::Empty);
    }
    if partclone::begins(first) {
        let len = partclone::header_len(first);
        partclone::read(head.first(len)).map(Details::Partclone)
    } else if ntfsclone::begins(first) {
        ntfsclone::read(head.first(ntfsclone::HEADER)).map(Details::Ntfsclone)
    } else if partimage::begins(first) {
        partimage::read(head.first(partimage::HEADER)).map(Details::Partimage)
    } else if fsarchiver::begins(first) {
        Ok(Details::Fsarchiver(fsarchiver::filesystem(head.first(fsarchiver::HEAD))))
    } else {
        raw::contents(head).map(Details::Raw)
    }
}

fn image(compressor: Compressor, details: &Details, obstacle: Option<Obstacle>) -> Image {
    let blank = |tool| Image {
        compressor,
        tool,
        version: None,
        filesystem: None,
        restore_bytes: None,
        device_bytes: None,
        obstacle,
        details: details.clone(),
    };
    match details {
        Details::Partclone(header) => Image {
            version: Some(header.version().to_owned()),
            filesystem: header.filesystem,
            restore_bytes: Some(header.restore_bytes()),
            device_bytes: Some(header.device_bytes),
            ..blank(Tool::Partclone)
        },
        Details::Ntfsclone(header) => Image {
            version: Some(header.version.clone()),
            filesystem: Some(FileSystem::Ntfs),
            restore_bytes: Some(header.restore_bytes()),
            device_bytes: Some(header.device_bytes),
            ..blank(Tool::Ntfsclone)
        },
        Details::Partimage(header) => Image {
            version: Some(partimage::FORMAT.to_owned()),
            filesystem: header.first.as_ref().and_then(|first| first.filesystem),
            restore_bytes: header.first.as_ref().map(|first| first.restore_bytes),
            ..blank(Tool::Partimage)
        },
        Details::Fsarchiver(filesystem) => Image { filesystem: *filesystem, ..blank(Tool::Fsarchiver) },
        Details::Raw(contents) => Image {
            filesystem: Some(contents.filesystem),
            restore_bytes: Some(contents.bytes),
            ..blank(Tool::Raw)
        },
    }
}

/// What stands in the way; `length` is that of the unpacked image.
fn obstacle(details: &Details, length: Option<u64>) -> Option<Obstacle> {
    let need = match details {
        Details::Partclone(header) => header.image_bytes(),
        Details::Ntfsclone(header) => header.at_least(),
        Details::Partimage(partimage::Header { first: None, volume }) => {
            return Some(Obstacle::Volume(*volume));
        }
        Details::Partimage(_) => return None,
        Details::Fsarchiver(_) => return Some(Obstacle::Files),
        Details::Raw(contents) => contents.bytes,
    };
    let have = length.filter(|have| *have < need)?;
    Some(Obstacle::Cut { have, need })
}
