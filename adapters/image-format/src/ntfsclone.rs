//! The header of ntfsclone's special images.

use crate::bytes::{le32, le64, u8_at};
use crate::{LARGEST, Refused, Tool};

const MAGIC: &[u8] = b"\0ntfsclone-image";
pub(crate) const HEADER: usize = 56;
/// Restoring writes one sector past the clusters, the copy of the boot sector.
const BOOT_SECTOR: u64 = 512;

/// What an image of ntfsclone says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) version: String,
    pub(crate) cluster: u32,
    pub(crate) device_bytes: u64,
    pub(crate) clusters: u64,
    pub(crate) in_use: u64,
    /// Where the first command is.
    pub(crate) data_at: u32,
}

impl Header {
    pub(crate) fn restore_bytes(&self) -> u64 {
        self.clusters * u64::from(self.cluster) + BOOT_SECTOR
    }

    /// No whole image is shorter.
    pub(crate) fn at_least(&self) -> u64 {
        u64::from(self.data_at) + self.in_use * (u64::from(self.cluster) + 1)
    }
}

pub(crate) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

pub(crate) fn read(head: &[u8]) -> Result<Header, Refused> {
    if head.len() < HEADER {
        return Err(Refused::Cut { tool: Tool::Ntfsclone, have: head.len() as u64, need: HEADER as u64 });
    }
    let header = fields(head).ok_or_else(|| damaged("it is too short".to_owned()))?;
    let (Some(major), Some(minor)) = (u8_at(head, 16), u8_at(head, 17)) else {
        return Err(damaged("it is too short".to_owned()));
    };
    match (major, minor) {
        (10, 0 | 1) => {}
        (10, _) | (11.., _) => {
            return Err(Refused::Future { tool: Tool::Ntfsclone, version: header.version });
        }
        _ => return Err(damaged(format!("version {} was never written", header.version))),
    }
    let swapped = header.cluster.swap_bytes();
    if !(header.cluster.is_power_of_two() && (256..=2 << 20).contains(&header.cluster)) {
        // version 10.0 has the byte order of whoever wrote it
        return Err(if minor == 0 && swapped.is_power_of_two() && (256..=2 << 20).contains(&swapped) {
            Refused::OtherEndian { tool: Tool::Ntfsclone }
        } else {
            damaged(format!("clusters of {} bytes do not exist", header.cluster))
        });
    }
    let bytes = u128::from(header.clusters) * u128::from(header.cluster);
    for bytes in [bytes, u128::from(header.device_bytes)] {
        if bytes == 0 || bytes > u128::from(LARGEST) {
            return Err(Refused::Size { what: format!("{bytes} bytes") });
        }
    }
    if header.in_use > header.clusters {
        return Err(damaged(format!("it stores {} of {} clusters", header.in_use, header.clusters)));
    }
    if !(HEADER as u32..=1 << 20).contains(&header.data_at) {
        return Err(damaged(format!("its data cannot begin at byte {}", header.data_at)));
    }
    Ok(header)
}

fn fields(head: &[u8]) -> Option<Header> {
    let minor = u8_at(head, 17)?;
    Some(Header {
        version: format!("{}.{minor}", u8_at(head, 16)?),
        cluster: le32(head, 18)?,
        device_bytes: le64(head, 22)?,
        clusters: le64(head, 30)?,
        in_use: le64(head, 38)?,
        data_at: if minor == 0 { HEADER as u32 } else { le32(head, 46)? },
    })
}

fn damaged(why: String) -> Refused {
    Refused::Damaged { tool: Tool::Ntfsclone, why }
}
