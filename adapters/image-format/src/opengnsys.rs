//! The line by which OpenGnsys describes an image: `TOOL:COMPRESSOR:FILESYSTEM:KB`.

use std::fmt;

use crate::image::Details;
use crate::{Compressor, FileSystem, Image, partimage};

/// The line with the true number of KiB, which is empty when nobody knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a>(&'a Image);

/// The line as OpenGnsys's own `ogGetImageInfo` computes it, with its faults: what old scripts compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompatLine(String);

impl Image {
    /// The line of OpenGnsys with the true size.
    pub fn line(&self) -> Line<'_> {
        Line(self)
    }

    /// The line of OpenGnsys with the size it gives; none where it says "image format is not valid", error 5.
    pub fn compat_line(&self) -> Option<CompatLine> {
        if !matches!(self.compressor, Compressor::Gzip | Compressor::Lzop) {
            return None;
        }
        let filesystem = self.filesystem.map_or("", FileSystem::name);
        let (tool, filesystem, size) = match &self.details {
            Details::Partclone(header) => {
                let block = u64::from(header.block);
                let kb = match self.filesystem {
                    // it counts words, and these names have more or less of them
                    Some(FileSystem::Hfs | FileSystem::HfsPlus | FileSystem::Fat32) => 0,
                    _ => partclone_kb(header.blocks * block, header.in_use.saturating_mul(block)),
                };
                ("PARTCLONE", filesystem.to_owned(), kb.to_string())
            }
            // it asks a loop device that is not there
            Details::Ntfsclone(_) => ("NTFSCLONE", filesystem.to_owned(), "0".to_owned()),
            Details::Partimage(header) => {
                let first = header.first.as_ref()?;
                ("PARTIMAGE", first.name.to_uppercase(), partimage_kb(first.restore_bytes).to_string())
            }
            Details::Raw(contents) if contents.boot_sector => ("partclone.dd", String::new(), String::new()),
            Details::Raw(_) | Details::Fsarchiver(_) => return None,
        };
        let compressor = self.compressor.name().to_uppercase();
        Some(CompatLine(format!("{tool}:{compressor}:{filesystem}:{size}")))
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Image { tool, compressor, filesystem, restore_bytes, details, .. } = self.0;
        let upper = |name: &str| name.to_uppercase();
        write!(out, "{}:{}:", upper(tool.name()), upper(compressor.name()))?;
        match (details, filesystem) {
            // EXT3FS, as partimage calls it
            (Details::Partimage(partimage::Header { first: Some(first), .. }), Some(_)) => {
                write!(out, "{}:", upper(&first.name))?;
            }
            _ => write!(out, "{}:", filesystem.map_or("", FileSystem::name))?,
        }
        restore_bytes.map_or(Ok(()), |bytes| write!(out, "{}", bytes / 1024))
    }
}

impl fmt::Display for CompatLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Takes the number that partclone prints with one digit behind the point, and multiplies it: by 1000000 when a size
/// anywhere in the text is in GB, else by 1024, as if all others were MB and those MiB.
fn partclone_kb(device: u64, in_use: u64) -> u64 {
    let sizes = [device, in_use, device.saturating_sub(in_use)].map(readable);
    let factor = if sizes.iter().any(|(_, unit)| *unit == "GB") { 1_000_000 } else { 1024 };
    sizes[0].0 * factor / 10
}

/// Tenths of the unit that partclone prints a size in.
fn readable(bytes: u64) -> (u64, &'static str) {
    let units =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000), ("Byte", 1)];
    let (unit, size) = units.into_iter().find(|(_, size)| bytes >= *size).unwrap_or(("Byte", 1));
    let tenths = (u128::from(bytes) * 10 + u128::from(size) / 2) / u128::from(size);
    (u64::try_from(tenths).unwrap_or(u64::MAX / 1_000_000), unit)
}

/// Takes the number that partimage prints with two digits behind the point for MiB, whatever its unit, and for KiB of KiB.
fn partimage_kb(bytes: u64) -> u64 {
    let units: [u64; 4] = [1 << 40, 1 << 30, 1 << 20, 1 << 10];
    let unit = units.into_iter().find(|unit| bytes >= *unit).unwrap_or(1);
    let hundredths = (u128::from(bytes) * 100 + u128::from(unit) / 2) / u128::from(unit);
    u64::try_from(hundredths * (1 << 20) / 100).unwrap_or(u64::MAX)
}
