//! Whether a whole image is as it was written: one read, with every checksum there is.

mod ntfsclone;
mod partclone_v1;
mod partclone_v2;
mod partimage;
mod report;
mod walk;

use std::io::Read;

pub use report::{Fault, Layer, Place, Report};
use walk::{Stop, Walk};

use crate::image::{Details, Obstacle, identify, unpack_error};
use crate::source::Source;
use crate::{Compressor, Refused, partclone};

/// Reads a whole image and holds it against every checksum it has.
///
/// An image that is broken is an answer, [`Report::fault`]; an error means that it could not be read, or that nobody can
/// say what it is. Memory is bounded whatever the file says; how long it takes depends on how much it unpacks to.
pub fn verify(file: impl Read, length: Option<u64>) -> Result<Report, Refused> {
    let source = Source::open(file)?;
    let (compressor, count) = (source.compressor, source.count.clone());
    let checksum = compressor.checksum(&source.first);
    let (told, head) = identify(source, length)?;
    let mut walk = Walk::new(head.into_stream());
    let image = match told {
        Ok(image) => image,
        Err(refused @ (Refused::Read(_) | Refused::Unpack { .. })) => return Err(refused),
        // bzip2 gives bytes before it knows that they are wrong
        Err(refused) => {
            return Err(match walk.rest() {
                Err(Stop::Stream(error)) => unpack_error(compressor, &count, &error),
                _ => refused,
            });
        }
    };
    if let Some(checksum) = checksum {
        walk.layer(compressor.name(), Some(checksum), "all of the image");
    } else if compressor != Compressor::None {
        walk.layer(compressor.name(), None, "only what cannot be unpacked is noticed");
    }
    let end = tool(&image.details, &mut walk).and_then(|()| match image.obstacle {
        Some(Obstacle::Volume(_)) => Ok(()), // there is no telling where it ends
        _ => walk.end(),
    });
    let fault = match end {
        Ok(()) => None,
        Err(Stop::Broken { at, why }) => Some(Fault { at: Place { file: count.used(), image: at }, why }),
        Err(Stop::Stream(error)) => match unpack_error(compressor, &count, &error) {
            Refused::Unpack { why, .. } => {
                let why = format!("{compressor} cannot be unpacked: {why}");
                Some(Fault { at: Place { file: count.used(), image: walk.at() }, why })
            }
            refused => return Err(refused),
        },
    };
    if fault.is_none() && checksum.is_some() {
        walk.layers[0].held = 1;
    }
    let read = Place { file: count.used(), image: walk.at() };
    Ok(Report { image, layers: walk.layers, read, fault })
}

fn tool(details: &Details, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    match details {
        Details::Partclone(header) if header.layout == partclone::Layout::V1 => {
            partclone_v1::walk(header, walk)
        }
        Details::Partclone(header) => partclone_v2::walk(header, walk),
        Details::Ntfsclone(header) => ntfsclone::walk(header, walk),
        Details::Partimage(header) => partimage::walk(header, walk),
        Details::Fsarchiver(_) => {
            walk.layer(
                "fsarchiver",
                None,
                "its own checksums of each file are not read here: `fsarchiver archinfo` does",
            );
            walk.rest().map(|_| ())
        }
        Details::Raw(contents) => {
            walk.layer("raw", None, "a copy of the bytes, with no checksum of its own");
            let have = walk.rest()?;
            if have < contents.bytes {
                let why =
                    format!("it ends after {have} bytes, the {} has {}", contents.filesystem, contents.bytes);
                return Err(Stop::Broken { at: have, why });
            }
            Ok(())
        }
    }
}
